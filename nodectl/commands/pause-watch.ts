import type { Clock } from "../domain/clock.ts";
import { pauseSentence, type Pause } from "../domain/pause.ts";
import { sleepUntilDeadline } from "./sleep-until-deadline.ts";

/** Why a signal of launches was aborted before its time: an admin has paused launching. */
export class LaunchingPausedError extends Error {
  override readonly name = "LaunchingPausedError";

  constructor(pause: Pause) {
    super(pauseSentence(pause));
  }
}

/** Launching was paused, now or in the course of the run. */
export function isPaused(signal: AbortSignal): boolean {
  return signal.reason instanceof LaunchingPausedError;
}

/** A node that was given up because of a pause is tried again so much later, milliseconds; `citc resume` returns it sooner. */
export const PAUSE_RETRY_MS = 5 * 60_000;

const POLL_MS = 1_000;

export interface PauseWatchContext {
  readonly readPause: () => Promise<Pause | undefined>;
  readonly clock: Clock;
  /** Aborts when nothing is launched any more: the watch ends. */
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with the given one, and before it, with a LaunchingPausedError, within a second of a pause; it has
 * aborted already when launching is paused now.
 */
export async function watchPause(context: PauseWatchContext): Promise<AbortSignal> {
  const { signal } = context;
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(signal.reason);
  };
  // Not AbortSignal.any(): Node 20 may collect a timeout that nothing else listens to.
  signal.addEventListener("abort", follow, { once: true });
  if (signal.aborted) follow();
  await look(context, controller);
  void poll(context, controller);
  return controller.signal;
}

async function poll(context: PauseWatchContext, controller: AbortController): Promise<void> {
  while (!controller.signal.aborted && (await sleepUntilDeadline(context, POLL_MS)))
    await look(context, controller);
}

async function look({ readPause }: PauseWatchContext, controller: AbortController): Promise<void> {
  const pause = await readPause();
  if (pause !== undefined) controller.abort(new LaunchingPausedError(pause));
}
