import type { Clock } from "../../../nodectl/domain/clock.ts";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  private timeMs: number;
  private sleepers: Sleeper[] = [];

  constructor(startMs = Date.UTC(2025, 0, 15, 12)) {
    this.timeMs = startMs;
  }

  now(): number {
    return this.timeMs;
  }

  advance(durationMs: number): void {
    this.timeMs += durationMs;
    const due = this.sleepers.filter((sleeper) => sleeper.untilMs <= this.timeMs);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper.untilMs > this.timeMs);
    for (const sleeper of due) sleeper.wake();
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = { untilMs: this.timeMs + durationMs, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      });
    });
  }
}
