import { existsSync } from "node:fs";
import type { Log } from "../domain/log.ts";
import { runSubprocess, whyFailed } from "../files/subprocess.ts";

const SYSTEMD = {
  /** sd_booted(3). */
  systemd: "/run/systemd/system",
  program: "/usr/bin/systemctl",
};
/** Of the role directory: writes users.ldif anew, from which a new management node takes them. A timer starts it as well. */
const UNIT = "citc-directory-export.service";
const TIMEOUT_MS = 10_000;
/** systemctl's exit status for a unit that is not there (systemctl(1)). */
const NO_UNIT = 5;

/** Has the copy of the directory on the shared file system made now, without waiting for it. */
export async function startExport(log: Log, { systemd, program } = SYSTEMD): Promise<void> {
  if (!existsSync(systemd)) return;
  const result = await runSubprocess({
    program,
    arguments: ["start", "--no-block", UNIT],
    environment: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: 64 * 1024,
  });
  if (result.exitCode === 0 || result.exitCode === NO_UNIT) return;
  const reason = whyFailed(result);
  log.warn("could not start the export of the directory; its timer will", { reason });
}
