import { runSubprocess } from "../files/subprocess.ts";

const SSS_CACHE = "/usr/sbin/sss_cache";
const TIMEOUT_MS = 10_000;

/**
 * This computer's sssd asks the directory anew about a user. Where the program is not installed (Debian: sssd-tools), or
 * nothing was cached (it then ends with 2), the cache's own time limit does the same later.
 */
export async function forgetUser(name: string): Promise<void> {
  await runSubprocess({
    program: SSS_CACHE,
    arguments: ["--user", name, "--group", name],
    environment: { PATH: "/usr/sbin:/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    outputBytesMax: 64 * 1024,
  });
}
