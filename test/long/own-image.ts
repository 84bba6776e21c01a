import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ImageKind } from "../sandbox/machines/image-recipes.ts";
import { ensureImage } from "../sandbox/machines/image-store.ts";
import { keepTail } from "../sandbox/machines/keep-tail.ts";
import { inOwnNamespaces } from "../sandbox/machines/own-namespaces.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";
import { checkRequirements, observeComputer } from "../sandbox/requirements.ts";
import { DEFAULT_DIRECTORY } from "../sandbox/sandbox-options.ts";

/** A root file system of the sandbox's own, without a sandbox around it: made once and kept. */
export async function ensureOwnImage(release: ReleaseName, kind: ImageKind): Promise<string> {
  checkRequirements(observeComputer());
  return ensureImage(release, kind, { directory: join(DEFAULT_DIRECTORY, "images") });
}

export interface Ended {
  /** null: it was killed. */
  readonly status: number | null;
  /** The end of what it said. */
  readonly output: string;
}

/** Runs a command in namespaces of its own, network included, to its end, or kills it after that time. */
export async function runApart(
  argv: readonly string[],
  { timeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<Ended> {
  const [command, ...rest] = inOwnNamespaces(argv, { network: true });
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    killSignal: "SIGKILL",
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  const output = keepTail([child.stdout, child.stderr]);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output: output() };
}
