import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../nodectl/domain/clock.ts";

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/**
 * Time that passes only when everybody sleeps: then it jumps to the next one to wake. For code whose other waits are
 * all promises of this process.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();
  #isPumping = false;

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper: Sleeper = {
        wakeMs: this.#nowMs + durationMs,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#sleepers.add(sleeper);
      void this.#pump();
    });
  }

  /** Aborts at that time from now, if anything still sleeps then. */
  abortAfter(controller: AbortController, durationMs: number): void {
    const sleeper: Sleeper = {
      wakeMs: this.#nowMs + durationMs,
      wake: () => {
        this.#sleepers.delete(sleeper);
        controller.abort();
      },
    };
    this.#sleepers.add(sleeper);
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#sleepers.size > 0) {
      // By then every promise that can settle without time passing has settled.
      await setImmediate();
      const next = [...this.#sleepers].sort((left, right) => left.wakeMs - right.wakeMs)[0];
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.wakeMs);
      next.wake();
    }
    this.#isPumping = false;
  }
}
