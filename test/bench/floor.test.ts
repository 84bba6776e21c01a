import { describe, expect, it } from "vitest";
import { floorMs, type FloorOptions, type Limiter } from "./floor.ts";

function floor(limiter: Limiter, changes: Partial<FloorOptions> = {}): number {
  return floorMs(limiter, { requestCount: 1000, latencyMs: 300, startedMs: 0, ...changes });
}

describe("the floor of a token bucket", () => {
  const bucket: Limiter = { kind: "token-bucket", ratePerSecond: 20, burst: 40 };

  it("is what is left after the burst, at its rate, and the last answer", () => {
    expect(floor(bucket)).toBe(48_300);
  });

  it("is the last answer alone when the burst is enough", () => {
    expect(floor(bucket, { requestCount: 40 })).toBe(300);
    expect(floor(bucket, { requestCount: 1 })).toBe(300);
  });

  it("does not depend on when it began", () => {
    expect(floor(bucket, { startedMs: 123_456 })).toBe(floor(bucket));
  });
});

describe("the floor of a fixed window", () => {
  const window: Limiter = { kind: "fixed-window", count: 100, windowMs: 5_000 };

  it("waits for the beginning of the last window that is needed", () => {
    expect(floor(window, { requestCount: 300, startedMs: 20_000 })).toBe(10_300);
    expect(floor(window, { requestCount: 300, startedMs: 24_000 })).toBe(6_300);
    expect(floor(window, { requestCount: 301, startedMs: 24_000 })).toBe(11_300);
  });

  it("is the last answer alone when one window has room", () => {
    expect(floor(window, { requestCount: 100, startedMs: 24_999 })).toBe(300);
  });
});
