import { existsSync } from "node:fs";
import type { Log } from "../domain/log.ts";
import { runSubprocess, whyFailed } from "./subprocess.ts";

const LOGIND = {
  /** sd_booted(3). */
  systemd: "/run/systemd/system",
  program: "/usr/bin/loginctl",
};
const TIMEOUT_MS = 30_000;
/** logind's words for somebody who is not there, with which loginctl ends with 1. */
const NOBODY = "is not logged in or lingering";

/** `off`: this computer has no logind. `failed`: the log has why. */
export type SessionsOutcome = "done" | "nothing" | "off" | "failed";

/** Ends all logins of a user on this computer, with what runs in them. By the number: the name may be gone. */
export async function endSessions(
  number: number,
  log: Log,
  { systemd, program } = LOGIND,
): Promise<SessionsOutcome> {
  if (!existsSync(systemd)) return "off";
  const result = await runSubprocess({
    program,
    arguments: ["terminate-user", String(number)],
    environment: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: 64 * 1024,
  });
  if (result.exitCode === 0) return "done";
  if (result.stderr.includes(NOBODY)) return "nothing";
  log.warn("could not end a user's logins", { action: "remove", reason: whyFailed(result) });
  return "failed";
}
