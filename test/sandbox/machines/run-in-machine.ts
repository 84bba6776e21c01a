import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** A command to run on a machine, as somebody who is logged in there would. */
export interface MachineCommand {
  readonly argv: readonly string[];
  /** An account of the machine. */
  readonly user: string;
  readonly stdin: string;
  readonly timeoutSeconds: number;
}

export interface CommandResult {
  /** As a shell tells it: 128 + the signal's number when one ended the command. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTimedOut: boolean;
}

/** Of each stream; a command that says more is cut short there. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** What timeout(1) exits with when it had to end the command; it says 137 when it had to use SIGKILL. */
const TIMEOUT_EXIT_CODES = [124, 137];
const KILL_AFTER_SECONDS = 2;

/** Runs a command in the namespaces of a machine, given the machine's first process. */
export async function runInMachine(
  processId: number,
  command: MachineCommand,
): Promise<CommandResult> {
  const started = performance.now();
  const child = spawn("nsenter", [...enterArguments(processId), ...sessionArguments(command)], {
    stdio: "pipe",
  });
  // A command that does not read its input closes it: no matter.
  child.stdin.on("error", () => undefined).end(command.stdin);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [code] = (await once(child, "close")) as [number | null];
  const elapsedSeconds = (performance.now() - started) / 1000;
  const exitCode = code ?? 137;
  return {
    exitCode,
    stdout: stdout(),
    stderr: stderr(),
    isTimedOut: TIMEOUT_EXIT_CODES.includes(exitCode) && elapsedSeconds >= command.timeoutSeconds,
  };
}

/**
 * nsenter's arguments that lead into a machine: every namespace, and its root directory. The latter by name, because a
 * mount namespace's own root is another one where the sandbox runs in a chroot.
 */
export function enterArguments(processId: number): readonly string[] {
  const namespaces = ["mount", "uts", "ipc", "net", "pid", "time"].map((name) => `--${name}`);
  return ["--target", String(processId), ...namespaces, "--root", "--"];
}

/** Becomes the user with a fresh environment, goes home, and runs the command with a bound on its time. */
function sessionArguments({ user, argv, timeoutSeconds }: MachineCommand): readonly string[] {
  return [
    ...["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups", "--reset-env"],
    ...["timeout", `--kill-after=${KILL_AFTER_SECONDS}`, String(timeoutSeconds)],
    ...["sh", "-c", 'cd && exec "$@"', "sh", ...argv],
  ];
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    const rest = OUTPUT_BYTES_MAX - bytes;
    if (rest > 0) chunks.push(chunk.subarray(0, rest));
    bytes += chunk.length;
  });
  return () => {
    const cut = bytes > OUTPUT_BYTES_MAX ? `\n[cut: ${bytes} bytes in all]` : "";
    return Buffer.concat(chunks).toString() + cut;
  };
}
