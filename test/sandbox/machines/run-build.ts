import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { keepTail } from "./keep-tail.ts";
import { inOwnNamespaces } from "./own-namespaces.ts";

/** What machines are made of cannot be made on this computer; the message says what to do. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

export interface BuildOptions {
  /** What is said when it fails: `the packages could not be fetched`. */
  readonly failure: string;
  /** What is made: two that make the same at the same time do so one after the other. */
  readonly target: string;
  /** Hears the lines of its standard error. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a script that makes something, in namespaces of its own: our end is its end. How long it may take is up to the signal: a mirror
 * that is slow is still one.
 * @throws ImageError with the end of its output, the signal's reason
 */
export async function runBuild(
  script: readonly string[],
  { failure, target, onLine, signal }: BuildOptions,
): Promise<void> {
  const [command, ...argv] = inOwnNamespaces(["flock", `${target}.lock`, "bash", ...script]);
  signal?.throwIfAborted();
  // Its own session: Ctrl-C reaches us alone.
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const output = keepTail([child.stdout, child.stderr]);
  if (onLine !== undefined) createInterface({ input: child.stderr }).on("line", onLine);
  const [exitCode] = (await once(child, "close")) as [number | null];
  signal?.removeEventListener("abort", kill);
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new ImageError(`${failure}:\n${output()}`);
}
