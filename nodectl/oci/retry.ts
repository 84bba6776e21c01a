import pRetry from "p-retry";
import { describeFailure, OciCallError, PASSING } from "./oci-errors.ts";
import type { OciFailure } from "./provider.ts";

export interface RetryPolicy {
  /** Attempts after the first; the deadline usually ends the loop earlier. */
  readonly retriesMax: number;
  /** Milliseconds before the first repetition; doubled for each further one, with jitter. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Ends all waiting when it aborts: the run's own deadline. */
  readonly signal: AbortSignal;
  /** Hears of every failure that is followed by another attempt. */
  readonly onRetry: (failure: OciFailure) => void;
}

/**
 * Calls OCI until it answers, refuses for good, or the deadline comes. The SDK's own retries are off: they would
 * repeat "Out of host capacity" for minutes and never look at the run's deadline.
 * @throws OciCallError with the last failure
 */
export async function callOci<Answer>(
  operation: string,
  policy: RetryPolicy,
  call: () => Promise<Answer>,
): Promise<Answer> {
  let last: OciCallError | undefined;
  let answered: { readonly answer: Answer } | undefined;
  const attempt = async (): Promise<Answer> => {
    try {
      const answer = await call();
      answered = { answer };
      return answer;
    } catch (thrown) {
      // The SDK throws plain objects for network failures, on which p-retry gives up: wrap all of them.
      const failure = describeFailure(operation, thrown);
      // What was not sent because the time was up has no answer: the one before says more.
      const isNews = failure.class !== "transport" || !policy.signal.aborted;
      last = isNews || last === undefined ? new OciCallError(failure, { cause: thrown }) : last;
      throw last;
    }
  };
  // After the deadline a call is still made, once: what was launched has to be reported.
  if (policy.signal.aborted) return await attempt();
  try {
    return await pRetry(attempt, {
      retries: policy.retriesMax,
      minTimeout: policy.delayMsMin,
      maxTimeout: policy.delayMsMax,
      factor: 2,
      randomize: true,
      signal: policy.signal,
      // The http client's pace is the delay after a 429, and the run's deadline its bound.
      shouldConsumeRetry: ({ error }) => !isThrottled(error),
      shouldRetry: ({ error }) => {
        if (!(error instanceof OciCallError) || !PASSING.has(error.failure.class)) return false;
        policy.onRetry(error.failure);
        return true;
      },
    });
  } catch (error) {
    // p-retry throws away an answer that came after the deadline: a launch that OCI accepted must not be lost.
    if (answered !== undefined) return answered.answer;
    // When the deadline aborts, the reason OCI gave last says more than "aborted".
    throw last ?? error;
  }
}

function isThrottled(error: Error): boolean {
  return error instanceof OciCallError && error.failure.class === "throttled";
}
