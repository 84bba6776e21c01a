import type { Cloud } from "./cloud.ts";

/** Nothing is due: look again after this long all the same. */
const IDLE_MS = 3_600_000;

/** Lets what is due in the cloud happen in time, also when nobody calls. Returns what ends it. */
export function startTicker(cloud: Cloud): () => Promise<void> {
  const ticker = new Ticker(cloud);
  const running = ticker.run();
  const unsubscribe = cloud.onEarlierDue(() => {
    ticker.wake();
  });
  return async () => {
    unsubscribe();
    ticker.stop();
    await running;
  };
}

class Ticker {
  private readonly cloud: Cloud;
  private isStopped = false;
  private sleeping = new AbortController();

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  async run(): Promise<void> {
    while (!this.isStopped) {
      this.sleeping = new AbortController();
      this.cloud.advance();
      const { nextDueMs, nowMs } = this.cloud;
      const waitMs = nextDueMs === undefined ? IDLE_MS : Math.max(1, nextDueMs - nowMs);
      await this.sleep(Math.min(waitMs, IDLE_MS));
    }
  }

  wake(): void {
    this.sleeping.abort();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  private async sleep(durationMs: number): Promise<void> {
    const { signal } = this.sleeping;
    try {
      await this.cloud.clock.sleep(durationMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
