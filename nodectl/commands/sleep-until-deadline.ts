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
