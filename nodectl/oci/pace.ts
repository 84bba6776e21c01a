/** Bounds and first guesses. OCI publishes neither its limits nor the kind of its limiter. */
export interface PaceOptions {
  /** Requests per second before anything is known. */
  readonly startRatePerSecond: number;
  /** Never faster, whatever is let through. */
  readonly rateMaxPerSecond: number;
}

const DEFAULT_PACE: PaceOptions = { startRatePerSecond: 50, rateMaxPerSecond: 1_000 };

/** Never slower: a limiter that lets less through is waited for by pauses. */
const RATE_MIN_PER_SECOND = 0.5;
/** What a busy process did not send in this time it may send at once. */
const CATCH_UP_MS = 40;
/** An accepted request raises a searched rate so that it doubles within one round trip, but by no more than this. */
const SEARCH_STEP_MAX = 14;
/** What the first refusal of a search leaves of the rate, at once and after recovery: it may have doubled in between. */
const SEARCH_CUT = 0.5;
const SEARCH_BELIEVED = 0.75;
/** One later cut leaves at least this share: when the goodput is known, and when it is not. */
const CUT_TO_GOODPUT_MIN = 0.3;
const CUT_BLIND = 0.6;
/** Of the goodput: a limiter without burst refuses whoever is a hair too fast. */
const GOODPUT_SHARE = 0.98;
/** In this time the pace comes back to where it is believed to be right; only then it tries more. */
const RECOVERY_MS = 800;
/** Growth beyond, per second squared: 4 % after 2 s, a doubling after 10 s. */
const GROWTH_PER_SECOND_SQUARED = 0.01;
/** Without a refusal for so long the limit is somewhere else now: look for it as at the start. */
const SEARCH_AGAIN_MS = 8_000;
/** The pause after a refusal, in requests of the present rate; doubled for the next ones in a row. */
const PAUSE_REQUESTS = 0.8;
const PAUSE_DOUBLINGS_MAX = 2;
const PAUSE_MS_MAX = 15_000;
/** A limiter that refuses on and on is asked again after this share of the time that it has refused already. */
const PAUSE_SHARE = 0.2;
/** A Retry-After beyond this would outlast the run. */
const HOLD_MS_MAX = 60_000;
/** Over so many accepted requests and so long a goodput is worth comparing. */
const COUNTED_MIN = 12;
const COUNTED_MS_MIN = 300;
/** With more than this share refused it is asked whether the pace has anything to do with it. */
const REFUSED_SHARE_HIGH = 0.25;
/** Refusals that a slower pace does not prevent are borne for so long; so many in a row are not of that kind. */
const BEAR_MS = 15_000;
const BORNE_IN_A_ROW_MAX = 3;

/** What was sent and refused since some moment. */
interface Count {
  readonly sinceMs: number;
  sent: number;
  refused: number;
}

/** What a count comes to, per second. */
interface Flow {
  readonly sent: number;
  readonly accepted: number;
  /** From 0 to 1. */
  readonly refusedShare: number;
}

/**
 * Learns from 429s how fast one class of operations may be sent. It searches upwards until the first refusal; from
 * then on a limiter's allowance is spent, so that what is let through between two refusals, over the time between them, is
 * the rate it allows. That is the pace from there, growing slowly at first and faster the longer nothing is refused.
 * Refusals that come whatever the pace are told apart by their effect: a cut that lowered what is let through as
 * much as what is sent is taken back. Pure: the caller has the clock. Measured in test/bench; tuned on the limiters
 * of test/nodectl/oci/pace.test.ts.
 */
export class Pace {
  readonly #options: PaceOptions;
  #isSearching = true;
  /** The rate of a search; afterwards that of the last cut, and what it recovers to. */
  #rate: number;
  #believed: number;
  #cutMs = 0;
  #nextMs = 0;
  #pausedUntilMs = 0;
  #refusedInARow = 0;
  #blockedSinceMs = 0;
  #count: Count | undefined;
  /** Before the last cut, when many were refused. */
  #beforeCut: { readonly flow: Flow; readonly rate: number } | undefined;
  /** Refusals are borne: since the flow at the lower pace showed that they are no matter of pace. */
  #bearing: { readonly untilMs: number; readonly slowFlow: Flow } | undefined;

  constructor(options: PaceOptions = DEFAULT_PACE) {
    this.#options = options;
    this.#rate = options.startRatePerSecond;
    this.#believed = this.#rate;
  }

  /** When the next request may be sent, on the caller's clock; now or earlier: at once. */
  get nextMs(): number {
    return Math.max(this.#nextMs, this.#pausedUntilMs);
  }

  /** Requests per second that may be sent now. */
  ratePerSecond(nowMs: number): number {
    return Math.min(this.#unboundedRate(nowMs), this.#options.rateMaxPerSecond);
  }

  #unboundedRate(nowMs: number): number {
    if (this.#isSearching || this.#isBearing(nowMs)) return this.#rate;
    const quietMs = nowMs - this.#cutMs;
    if (quietMs < RECOVERY_MS) {
      const left = (1 - quietMs / RECOVERY_MS) ** 3;
      return this.#believed + (this.#rate - this.#believed) * left;
    }
    const seconds = (quietMs - RECOVERY_MS) / 1000;
    return this.#believed * (1 + GROWTH_PER_SECOND_SQUARED * seconds ** 2);
  }

  sent(nowMs: number): void {
    this.#count ??= { sinceMs: nowMs, sent: 0, refused: 0 };
    this.#count.sent += 1;
    const fromMs = Math.max(this.#nextMs, nowMs - CATCH_UP_MS);
    this.#nextMs = fromMs + 1000 / this.ratePerSecond(nowMs);
  }

  /** Any answer but 429. `isWanted`: others wait for their turn, so that a faster pace would be of use. */
  accepted(nowMs: number, latencyMs: number, isWanted: boolean): void {
    this.#refusedInARow = 0;
    if (!isWanted) return;
    if (!this.#isSearching) {
      if (nowMs - this.#cutMs < SEARCH_AGAIN_MS || this.#isBearing(nowMs)) return;
      this.#rate = this.ratePerSecond(nowMs);
      this.#isSearching = true;
    }
    const step = Math.min(SEARCH_STEP_MAX, (Math.LN2 * 1000) / Math.max(1, latencyMs));
    this.#rate = Math.min(this.#rate + step, this.#options.rateMaxPerSecond);
  }

  /** OCI asks to be left alone for so long. */
  hold(nowMs: number, durationMs: number): void {
    const untilMs = nowMs + Math.min(durationMs, HOLD_MS_MAX);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }

  /** A 429 for a request that was sent at `sentMs`. */
  refused(nowMs: number, sentMs: number): void {
    this.#count ??= { sinceMs: sentMs, sent: 1, refused: 0 };
    if (sentMs >= this.#count.sinceMs) this.#count.refused += 1;
    if (this.#refusedInARow === 0) this.#blockedSinceMs = nowMs;
    this.#refusedInARow += 1;
    // Sent before the last cut: it says once more what led to it.
    if (sentMs >= this.#cutMs) this.#learn(nowMs, this.#count);
    const isBorne = this.#isBearing(nowMs) && this.#refusedInARow <= BORNE_IN_A_ROW_MAX;
    if (!isBorne) this.hold(nowMs, this.#pauseMs(nowMs));
  }

  #learn(nowMs: number, count: Count): void {
    const rate = this.ratePerSecond(nowMs);
    if (this.#isSearching) {
      this.#isSearching = false;
      this.#cutTo(rate * SEARCH_CUT, rate * SEARCH_BELIEVED, nowMs);
      return;
    }
    const accepted = count.sent - count.refused;
    if (accepted >= COUNTED_MIN && nowMs - count.sinceMs >= COUNTED_MS_MIN) {
      this.#judge(nowMs, rate, flowOf(count, nowMs));
    } else if (count.refused >= 6 && count.refused > 3 * accepted && !this.#isBearing(nowMs)) {
      this.#cutTo(rate * CUT_BLIND, rate * CUT_BLIND, nowMs);
    }
  }

  #judge(nowMs: number, rate: number, flow: Flow): void {
    if (this.#bearing !== undefined && this.#isBearing(nowMs)) {
      // What the faster pace should have brought: when it did not come, it was a matter of pace after all.
      if (compareFlows(this.#bearing.slowFlow, flow) === "limited") {
        this.#cutToGoodput(nowMs, rate, flow);
      } else this.#restart(nowMs);
      return;
    }
    const isHigh = flow.refusedShare > REFUSED_SHARE_HIGH;
    const before = this.#beforeCut;
    if (isHigh && before !== undefined && compareFlows(flow, before.flow) === "following") {
      this.#beforeCut = undefined;
      this.#cutTo(before.rate, before.rate, nowMs);
      this.#bearing = { untilMs: nowMs + BEAR_MS, slowFlow: flow };
      return;
    }
    this.#cutToGoodput(nowMs, rate, flow);
    this.#beforeCut = isHigh ? { flow, rate } : undefined;
  }

  #cutToGoodput(nowMs: number, rate: number, { accepted }: Flow): void {
    const goodput = Math.min(rate, accepted * GOODPUT_SHARE);
    this.#cutTo(
      Math.max(goodput, rate * CUT_TO_GOODPUT_MIN),
      Math.max(goodput, rate * CUT_BLIND),
      nowMs,
    );
  }

  #cutTo(rate: number, believed: number, nowMs: number): void {
    this.#rate = Math.max(RATE_MIN_PER_SECOND, rate);
    this.#believed = Math.max(RATE_MIN_PER_SECOND, believed);
    this.#bearing = undefined;
    this.#cutMs = nowMs;
    this.#restart(nowMs);
  }

  #restart(nowMs: number): void {
    this.#count = { sinceMs: nowMs, sent: 0, refused: 0 };
  }

  #isBearing(nowMs: number): boolean {
    return this.#bearing !== undefined && nowMs < this.#bearing.untilMs;
  }

  #pauseMs(nowMs: number): number {
    const doublings = Math.min(this.#refusedInARow - 1, PAUSE_DOUBLINGS_MAX);
    const untilOneMs = (PAUSE_REQUESTS * 2 ** doublings * 1000) / this.ratePerSecond(nowMs);
    const blockedMs = (nowMs - this.#blockedSinceMs) * PAUSE_SHARE;
    return Math.min(PAUSE_MS_MAX, Math.max(untilOneMs, blockedMs));
  }
}

function flowOf({ sent, refused, sinceMs }: Count, nowMs: number): Flow {
  const seconds = (nowMs - sinceMs) / 1000;
  return {
    sent: sent / seconds,
    accepted: (sent - refused) / seconds,
    refusedShare: refused / sent,
  };
}

/**
 * Whether what is let through follows what is sent, so that the refusals are no matter of pace, or is limited. Unknown
 * when the two were sent at about the same pace.
 */
function compareFlows(slow: Flow, fast: Flow): "following" | "limited" | "unknown" {
  const share = slow.sent / fast.sent;
  if (share >= 0.75) return "unknown";
  return slow.accepted / fast.accepted < (1 + share) / 2 ? "following" : "limited";
}
