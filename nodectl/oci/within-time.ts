/**
 * Does the work with a signal that aborts when the time is up or when the outer signal does, whichever comes first.
 * The reason of the first is an Error that says how long it was.
 */
export async function withinTime<Value>(
  durationMs: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(outer.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new Error(`no answer within ${durationMs / 1000} s`));
  }, durationMs);
  outer.addEventListener("abort", follow, { once: true });
  if (outer.aborted) follow();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", follow);
  }
}
