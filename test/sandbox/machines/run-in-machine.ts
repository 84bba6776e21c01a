import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { WITHHELD } from "./withheld.ts";

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

/** What of a machine a command enters. */
export interface MachineInside {
  /** Its first process. */
  readonly processId: number;
  /** The directory of its control group; absent: it has none. */
  readonly controlGroup?: string;
}

/** Of each stream; a command that says more is cut short there. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** What timeout(1) exits with when it had to end the command; it says 137 when it had to use SIGKILL. */
const TIMEOUT_EXIT_CODES = [124, 137];
const KILL_AFTER_SECONDS = 2;

/** Runs a command in a machine. */
export async function runInMachine(
  inside: MachineInside,
  command: MachineCommand,
): Promise<CommandResult> {
  const started = performance.now();
  const [program, ...argv] = enterCommand(inside);
  const child = spawn(program, [...argv, ...sessionArguments(command)], { stdio: "pipe" });
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

/** Joins what systemd keeps its own process in, if it is there yet, and goes on with the command. */
const JOIN = `group=$1; shift
[ ! -d "$group/init.scope" ] || group=$group/init.scope
echo $$ > "$group/cgroup.procs" && exec "$@"`;

/**
 * The command line that leads into a machine: its control group, every namespace, and its root directory. The latter by
 * name, because a mount namespace's own root is another one where the sandbox runs in a chroot. What follows it runs there,
 * with no more rights over the computer than the machine's own processes.
 */
export function enterCommand({
  processId,
  controlGroup,
}: MachineInside): readonly [string, ...string[]] {
  const names = ["mount", "uts", "ipc", "net", "pid", "time"];
  const spaces = controlGroup === undefined ? names : [...names, "cgroup"];
  const options = spaces.map((name) => `--${name}`);
  const command = [
    "--target",
    String(processId),
    ...options,
    "--root",
    "--",
    "setpriv",
    WITHHELD,
  ] as const;
  if (controlGroup === undefined) return ["nsenter", ...command];
  return ["sh", "-c", JOIN, "sh", controlGroup, "nsenter", ...command];
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
