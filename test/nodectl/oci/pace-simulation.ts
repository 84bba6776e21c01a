import { Pace } from "../../../nodectl/oci/pace.ts";
import { RateLimiter, type RateLimit } from "../../sandbox/api/rate-limit.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";

export interface SimulationOptions {
  readonly limit: RateLimit;
  /** Requests that each process has to get through. */
  readonly requests: number;
  readonly processes?: number;
  /** Of all requests that the limiter lets through, refused by chance; from 0 to 1. */
  readonly refusedByChance?: number;
  readonly seed: number;
}

export interface SimulationResult {
  readonly seconds: number;
  readonly sent: number;
  readonly accepted: number;
}

const CONCURRENCY = 128;
const LATENCY_MS = 300;
/** A refusal comes at once, as the sandbox's API does it. */
const REFUSAL_MS = 3;
/** Timers of a real process fire late by up to this. */
const JITTER_MS = 2;
const EVENTS_MAX = 200_000;

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Processes that pace themselves, against one limiter of the sandbox's API, in virtual time: a second takes none. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #limiter: RateLimiter;
  readonly #random: () => number;
  #events: Event[] = [];
  #nowMs = 1_000_000;
  #sent = 0;
  #accepted = 0;
  #lastMs = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#limiter = new RateLimiter({ all: options.limit });
    this.#random = seededRandom(options.seed);
    // Windows and buckets begin at another phase with each seed.
    this.#nowMs += Math.floor(this.#random() * 5000);
  }

  run(): SimulationResult {
    const startMs = this.#nowMs;
    for (let process = 0; process < (this.#options.processes ?? 1); process++) this.#startProcess();
    for (let count = 0; this.#events.length > 0; count++) {
      if (count > EVENTS_MAX) throw new Error(`no end after ${EVENTS_MAX} events`);
      const next = this.#events.reduce((first, event) => (event.atMs < first.atMs ? event : first));
      this.#events = this.#events.filter((event) => event !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    return {
      seconds: (this.#lastMs - startMs) / 1000,
      sent: this.#sent,
      accepted: this.#accepted,
    };
  }

  #startProcess(): void {
    const pace = new Pace();
    let waiting = this.#options.requests;
    let underWay = 0;
    let wakeMs = 0;
    const release = (): void => {
      while (waiting > 0 && underWay < CONCURRENCY) {
        if (pace.nextMs > this.#nowMs) {
          if (wakeMs <= this.#nowMs) {
            wakeMs = pace.nextMs + 0.01 + this.#random() * JITTER_MS;
            this.#at(wakeMs, release);
          }
          return;
        }
        waiting -= 1;
        underWay += 1;
        send();
      }
    };
    const send = (): void => {
      const sentMs = this.#nowMs;
      pace.sent(sentMs);
      this.#sent += 1;
      const isAccepted = this.#isLetThrough();
      this.#at(sentMs + (isAccepted ? LATENCY_MS : REFUSAL_MS), () => {
        underWay -= 1;
        if (isAccepted) {
          this.#accepted += 1;
          this.#lastMs = this.#nowMs;
          pace.accepted(this.#nowMs, this.#nowMs - sentMs, waiting > 0);
        } else {
          waiting += 1;
          pace.refused(this.#nowMs, sentMs);
        }
        release();
      });
    };
    this.#at(this.#nowMs, release);
  }

  #isLetThrough(): boolean {
    try {
      this.#limiter.check("user", "write", this.#nowMs);
    } catch {
      return false;
    }
    return this.#random() >= (this.#options.refusedByChance ?? 0);
  }

  #at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, run });
  }
}
