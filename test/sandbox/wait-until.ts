import type { Clock } from "../../nodectl/domain/clock.ts";

const POLL_MS = 100;

/**
 * Asks again until the probe gives a value; undefined means not yet. Rejects at the deadline, saying what was awaited.
 */
export async function waitUntil<Value>(
  clock: Clock,
  what: string,
  timeoutSeconds: number,
  probe: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadlineMs = clock.now() + timeoutSeconds * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (clock.now() >= deadlineMs) throw new Error(`not within ${timeoutSeconds} s: ${what}`);
    await clock.sleep(POLL_MS);
  }
}
