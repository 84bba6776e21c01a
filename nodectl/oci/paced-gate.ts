import { Pace, type PaceOptions } from "./pace.ts";

/** A request that has left; it must be told how it ended. */
export interface Passage {
  /** Any answer but a 429, or none at all. */
  ended(): void;
  /** A 429. */
  refused(): void;
}

/** A request that was not sent: nothing can have come of it. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
}

interface Waiting {
  readonly enter: (passage: Passage) => void;
}

/**
 * Lets the requests of one class of operations out one by one, at the pace that their answers teach (pace.ts). First
 * come, first served; nobody waits longer than the pace demands.
 */
export class PacedGate {
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  readonly #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `nowMs`: a monotonic clock, milliseconds. A wall clock that is set at boot would stop the queue. */
  constructor(nowMs: () => number, options?: PaceOptions) {
    this.#nowMs = nowMs;
    this.#pace = new Pace(options);
  }

  /**
   * Waits for the caller's turn.
   * @throws NotSentError when the signal aborts before
   */
  async enter(signal?: AbortSignal): Promise<Passage> {
    if (signal?.aborted === true) throw new NotSentError("the run's time is up");
    return await new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: (passage) => {
          signal?.removeEventListener("abort", leave);
          resolve(passage);
        },
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(new NotSentError("the run's time was up before OCI could be asked"));
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
      this.#release();
    });
  }

  /** OCI asks to be left alone for so long (Retry-After). */
  hold(durationMs: number): void {
    this.#pace.hold(this.#nowMs(), durationMs);
  }

  #release(): void {
    for (;;) {
      const nowMs = this.#nowMs();
      const next = this.#queue[0];
      if (next === undefined || this.#timer !== undefined) return;
      const waitMs = this.#pace.nextMs - nowMs;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#release();
        }, waitMs);
        return;
      }
      this.#queue.shift();
      this.#pace.sent(nowMs);
      next.enter(this.#passage(nowMs));
    }
  }

  #passage(sentMs: number): Passage {
    return {
      ended: () => {
        const nowMs = this.#nowMs();
        this.#pace.accepted(nowMs, nowMs - sentMs, this.#queue.length > 0);
      },
      refused: () => {
        this.#pace.refused(this.#nowMs(), sentMs);
      },
    };
  }
}
