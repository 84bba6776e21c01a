import { describe, expect, it } from "vitest";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import { startTestBench } from "./test-bench.ts";

/** How many of `count` requests at this time are let through. */
function accepted(
  limiter: RateLimiter,
  nowMs: number,
  count: number,
  kind: "read" | "write" = "write",
): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    try {
      limiter.check("user", kind, nowMs);
      total += 1;
    } catch (error) {
      expect(error).toMatchObject({
        status: 429,
        code: "TooManyRequests",
        message: "Too many requests for the user",
      });
    }
  }
  return total;
}

function bucket(changes: object = {}): RateLimits {
  return { all: { kind: "token-bucket", ratePerSecond: 10, burst: 20, ...changes } };
}

describe("token bucket", () => {
  it("lets a burst through, then its rate", () => {
    const limiter = new RateLimiter(bucket());
    expect(accepted(limiter, 0, 50)).toBe(20);
    expect(accepted(limiter, 500, 50)).toBe(5);
    expect(accepted(limiter, 60_000, 50)).toBe(20);
  });

  it("never recovers under steady hammering when refused requests cost as much", () => {
    const limiter = new RateLimiter(bucket({ rejectedCost: 1 }));
    accepted(limiter, 0, 20);
    let total = 0;
    for (let nowMs = 50; nowMs <= 2000; nowMs += 50) total += accepted(limiter, nowMs, 2);
    expect(total).toBe(0);
    expect(accepted(limiter, 3000, 1)).toBe(1);
  });

  it("belongs to one user", () => {
    const limiter = new RateLimiter(bucket());
    accepted(limiter, 0, 20);
    expect(() => {
      limiter.check("somebody else", "write", 0);
    }).not.toThrow();
  });
});

it("reads and writes can have limits of their own", () => {
  const limiter = new RateLimiter({
    reads: { kind: "token-bucket", ratePerSecond: 1, burst: 2 },
    writes: { kind: "token-bucket", ratePerSecond: 1, burst: 5 },
  });
  expect(accepted(limiter, 0, 10, "read")).toBe(2);
  expect(accepted(limiter, 0, 10, "write")).toBe(5);
});

describe("fixed window", () => {
  const window = (changes: object = {}): RateLimits => ({
    all: { kind: "fixed-window", count: 10, windowMs: 1000, ...changes },
  });

  it("lets its count through in each window", () => {
    const limiter = new RateLimiter(window());
    expect(accepted(limiter, 1900, 30)).toBe(10);
    expect(accepted(limiter, 2000, 30)).toBe(10);
  });

  it("pays for refused requests from the next window", () => {
    const limiter = new RateLimiter(window({ rejectedCost: 0.5 }));
    expect(accepted(limiter, 0, 20)).toBe(10);
    expect(accepted(limiter, 1000, 20)).toBe(5);
  });
});

it("the server answers 429 with Retry-After when asked to", async () => {
  const all = {
    kind: "token-bucket",
    ratePerSecond: 0.5,
    burst: 1,
    sendsRetryAfter: true,
  } as const;
  const bench = await startTestBench({}, { rateLimits: { all } });
  try {
    const path = `availabilityDomains?compartmentId=${bench.region.tenancyOcid}`;
    expect((await bench.call({ path })).status).toBe(200);
    const second = await bench.call({ path });
    expect(second.status).toBe(429);
    expect(second.body).toEqual({
      code: "TooManyRequests",
      message: "Too many requests for the user",
    });
    expect(second.headers.get("retry-after")).toBe("2");
  } finally {
    await bench.close();
  }
});
