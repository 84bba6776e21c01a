import type { Log } from "../domain/log.ts";
import { runSubprocess, whyFailed } from "../files/subprocess.ts";

const SSS_CACHE = "/usr/sbin/sss_cache";
const TIMEOUT_MS = 10_000;
/** Nothing of that name was cached (ENOENT). */
const NOTHING_CACHED = 2;

/**
 * This computer's sssd asks the directory anew about a user. Where that cannot be had the cache's own time limit does the same
 * later, and the log says why.
 */
export async function forgetUser(name: string, log: Log, program = SSS_CACHE): Promise<void> {
  const result = await runSubprocess({
    program,
    arguments: ["--user", name, "--group", name],
    environment: { PATH: "/usr/sbin:/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: 64 * 1024,
  });
  if (result.exitCode === 0 || result.exitCode === NOTHING_CACHED) return;
  const { failure } = result;
  const reason =
    failure?.kind === "not-started"
      ? `${failure.message}; install the package sssd-tools`
      : whyFailed(result);
  log.warn("sssd was not told to forget a user", { reason: `${name}: ${reason}` });
}
