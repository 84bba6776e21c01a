import type { Clock } from "../domain/clock.ts";

/** Waits; false when the run's deadline came first. */
export async function sleepUntilDeadline(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  durationMs: number,
): Promise<boolean> {
  try {
    await clock.sleep(durationMs, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Waits for something, but not longer than so many milliseconds; true when it came in time. */
export async function isSettledWithin(
  clock: Clock,
  settled: Promise<unknown>,
  durationMs: number,
): Promise<boolean> {
  const decided = new AbortController();
  const late = clock.sleep(durationMs, decided.signal).then(
    () => false,
    (error: unknown) => {
      if (!decided.signal.aborted) throw error;
      return true;
    },
  );
  try {
    return await Promise.race([settled.then(() => true), late]);
  } finally {
    decided.abort();
  }
}
