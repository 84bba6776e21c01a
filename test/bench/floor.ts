/** What limits the calls that a scenario is about. Requests a user, as OCI counts them. */
export type Limiter =
  | { readonly kind: "token-bucket"; readonly ratePerSecond: number; readonly burst: number }
  | { readonly kind: "fixed-window"; readonly count: number; readonly windowMs: number };

export interface FloorOptions {
  /** Requests without which the work cannot be done: one a node. */
  readonly requestCount: number;
  /** From the arrival of the last request to its answer. */
  readonly latencyMs: number;
  /** When the work began, milliseconds since the epoch: a fixed window has a phase. */
  readonly startedMs: number;
}

/**
 * The earliest moment, in milliseconds after the start, at which a client that knew the limiter and never missed a
 * turn could have the last answer. No start-up time of a process is in it, no list, no refusal.
 */
export function floorMs(limiter: Limiter, options: FloorOptions): number {
  switch (limiter.kind) {
    case "token-bucket":
      return bucketMs(limiter, options.requestCount) + options.latencyMs;
    case "fixed-window":
      return windowMs(limiter, options) + options.latencyMs;
  }
}

function bucketMs(
  { ratePerSecond, burst }: Extract<Limiter, { kind: "token-bucket" }>,
  requestCount: number,
): number {
  return (Math.max(0, requestCount - burst) / ratePerSecond) * 1000;
}

/** Windows begin at multiples of their length since the epoch, as the sandbox's limiter has it. */
function windowMs(
  { count, windowMs: lengthMs }: Extract<Limiter, { kind: "fixed-window" }>,
  { requestCount, startedMs }: FloorOptions,
): number {
  const windowCount = Math.ceil(requestCount / count);
  if (windowCount <= 1) return 0;
  const firstWindow = Math.floor(startedMs / lengthMs);
  return (firstWindow + windowCount - 1) * lengthMs - startedMs;
}
