import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../domain/clock.ts";

/** The real time; everything else gets it as an argument. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (durationMs, signal) => {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  },
};
