import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { AccessSight, Attempt } from "../domain/doctor/attempt.ts";
import { type Mount, parseMounts } from "../domain/doctor/mounts.ts";
import { parseUnitStates, type UnitSight } from "../domain/doctor/units.ts";
import { runSubprocess, type SubprocessResult } from "../files/subprocess.ts";

/** Below the doctor's own bound of a check, so that a program's silence is told from its own words. */
const TIMEOUT_MS = 8_000;
const OUTPUT_BYTES_MAX = 256 * 1024;

const TESTS = { read: "-r", write: "-w", run: "-x" } as const;

/** The user's own group may have any name. */
const AS_USER = `user=$1 test=$2; shift 2
group=$(id -g "$user") || exit
exec setpriv --reuid="$user" --regid="$group" --init-groups sh -c '
  test=$1; shift
  for path; do test "$test" "$path" || printf "%s\\n" "$path"; done' sh "$test" "$@"`;

/** sd_booted(3): where systemd is process 1. */
const SYSTEMD_DIRECTORY = "/run/systemd/system";

/**
 * What stands around slurmctld on its machine, through the programs of the system: munge, systemd, the name service, and
 * what another user may do. Nothing that lasts is changed.
 */
export const machineInspection = {
  /** A credential made and read back: by both programs of munge, as every call of Slurm does. */
  async tryMunge(): Promise<Attempt> {
    const script =
      'credential=$(munge --no-input) && printf %s "$credential" | unmunge --output=/dev/null';
    return toAttempt(await runShell(script));
  },

  async unitStates(names: readonly string[]): Promise<UnitSight> {
    if (!existsSync(SYSTEMD_DIRECTORY)) return { kind: "no-systemd" };
    const property = "--property=Id,LoadState,ActiveState,UnitFileState";
    const result = await run("/usr/bin/systemctl", ["show", property, "--", ...names]);
    if (result.exitCode !== 0) return { kind: "failed", message: messageOf(result) };
    return { kind: "asked", states: parseUnitStates(result.stdout) };
  },

  /** Asked as that user, so that directories above, access lists and NFS count. */
  async refusedTo(
    user: string,
    access: keyof typeof TESTS,
    paths: readonly string[],
  ): Promise<AccessSight> {
    const result = await runShell(AS_USER, user, TESTS[access], ...paths);
    if (result.exitCode !== 0) return { kind: "failed", message: messageOf(result) };
    const refused = result.stdout.split("\n").filter((line) => line !== "");
    return { kind: "asked", refused };
  },

  async mounts(): Promise<readonly Mount[]> {
    return parseMounts(await readFile("/proc/self/mountinfo", "utf8"));
  },

  /** In a process of its own: a file system that hangs holds that, and not us. */
  async tryToWrite(directory: string): Promise<Attempt> {
    const script = 'file=$1/.citc-doctor-$$; echo > "$file" && rm "$file"';
    return toAttempt(await runShell(script, directory));
  },

  async addressesOf(hostName: string): Promise<readonly string[]> {
    const { stdout } = await run("/usr/bin/getent", ["ahosts", hostName]);
    const addresses = stdout.split("\n").flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
    return [...new Set(addresses)];
  },
};

function runShell(script: string, ...parameters: readonly string[]): Promise<SubprocessResult> {
  return run("/bin/sh", ["-c", script, "sh", ...parameters]);
}

function run(program: string, words: readonly string[]): Promise<SubprocessResult> {
  return runSubprocess({
    ...{ program, arguments: words, timeoutMs: TIMEOUT_MS, outputBytesMax: OUTPUT_BYTES_MAX },
    environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/", LC_ALL: "C" },
  });
}

function toAttempt(result: SubprocessResult): Attempt {
  return result.exitCode === 0 ? { kind: "done" } : { kind: "failed", message: messageOf(result) };
}

function messageOf({ failure, stderr, stdout, exitCode }: SubprocessResult): string {
  if (failure?.kind === "timed-out") return `no answer within ${failure.timeoutMs / 1000} s`;
  if (failure?.kind === "not-started") return failure.message;
  const line = `${stderr}\n${stdout}`.split("\n").find((it) => it.trim() !== "");
  return line?.trim() ?? `exit code ${exitCode ?? "unknown"} and no message`;
}
