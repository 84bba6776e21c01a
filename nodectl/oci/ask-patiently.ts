import pRetry from "p-retry";
import { AnswerTooLargeError, readBounded } from "./read-bounded.ts";
import { withinTime } from "./within-time.ts";

/** How long a service is asked that may be slow or busy for a moment. */
export interface Patience {
  readonly attemptMs: number;
  readonly retriesMax: number;
  /** Milliseconds before the first repetition; doubled for each further one, with jitter. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Answers after which it is worth asking again; no answer is always. */
  readonly isPassing: (status: number) => boolean;
}

export type ServiceOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
    }
  | { readonly kind: "silent"; readonly reason: string };

/** A certificate or a token has some kilobytes. */
const ANSWER_BYTES_MAX = 256 * 1024;

class PassingFailure extends Error {
  override readonly name = "PassingFailure";
}

/** Sends until there is an answer that will stay, the attempts are used up or the signal aborts: the last outcome. */
export async function askPatiently(
  send: (signal: AbortSignal) => Promise<Response>,
  patience: Patience,
  signal: AbortSignal,
): Promise<ServiceOutcome> {
  let last: ServiceOutcome = { kind: "silent", reason: "the time was up" };
  const attempt = async (): Promise<void> => {
    last = await withinTime(patience.attemptMs, signal, (bounded) => askOnce(send, bounded));
    if (last.kind === "silent" || patience.isPassing(last.status)) throw new PassingFailure();
  };
  try {
    await pRetry(attempt, {
      retries: patience.retriesMax,
      minTimeout: patience.delayMsMin,
      maxTimeout: patience.delayMsMax,
      factor: 2,
      randomize: true,
      signal,
    });
  } catch (error) {
    if (!(error instanceof PassingFailure) && !signal.aborted) throw error;
  }
  return last;
}

async function askOnce(
  send: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<ServiceOutcome> {
  try {
    const response = await send(signal);
    const { status, headers, body } = response;
    const chunks = (body ?? []) as AsyncIterable<Uint8Array>;
    const text = (await readBounded(chunks, ANSWER_BYTES_MAX)).toString("utf8");
    return { kind: "answered", status, headers, text };
  } catch (error) {
    if (signal.aborted) return { kind: "silent", reason: textOf(signal.reason) };
    const isOfNetwork = error instanceof TypeError && error.cause !== undefined;
    if (!isOfNetwork && !(error instanceof AnswerTooLargeError)) throw error;
    return { kind: "silent", reason: textOf(error.cause ?? error) };
  }
}

/** A refused connection to several addresses has no message, but a code. */
function textOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  if (reason.message !== "") return reason.message;
  return "code" in reason ? String(reason.code) : reason.name;
}
