import { SlurmCommandError } from "./slurm-command-error.ts";
import { runSubprocess } from "../files/subprocess.ts";

/** Above systemd's own TimeoutStopSec and TimeoutStartSec of 90 s. */
const TIMEOUT_MS = 200_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;

/**
 * Restarts slurmctld with the administrator's command, whose first word is searched for in the system's directories.
 * @throws SlurmCommandError when the command fails; that slurmctld came up is for the caller to see
 */
export async function restartSlurmctld(command: readonly string[]): Promise<void> {
  const result = await runSubprocess({
    program: "/usr/bin/env",
    arguments: command,
    environment: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      LC_ALL: "C",
    },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  if (result.exitCode !== 0) {
    throw new SlurmCommandError(result);
  }
}
