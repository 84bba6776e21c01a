import { describe, expect, it } from "vitest";
import { Pace } from "../../../nodectl/oci/pace.ts";
import type { RateLimit } from "../../sandbox/api/rate-limit.ts";
import { Simulation, type SimulationOptions } from "./pace-simulation.ts";

const SEEDS = [1, 2, 3];

function bucket(ratePerSecond: number, burst: number, rejectedCost = 0): RateLimit {
  return { kind: "token-bucket", ratePerSecond, burst, rejectedCost };
}

/** Seconds that nobody can be faster than: what the burst does not cover comes at the rate, then one latency. */
function floorSeconds(count: number, ratePerSecond: number, burst: number): number {
  return (count - burst) / ratePerSecond + 0.3;
}

/** The worst of the seeds. */
function worst(options: Omit<SimulationOptions, "seed">): { seconds: number; perRequest: number } {
  const count = options.requests * (options.processes ?? 1);
  const results = SEEDS.map((seed) => new Simulation({ ...options, seed }).run());
  for (const { accepted } of results) expect(accepted).toBe(count);
  return {
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    perRequest: Math.max(...results.map(({ sent }) => sent)) / count,
  };
}

describe("Pace, in virtual time", () => {
  it.each([
    { name: "20/s, burst 40", count: 1000, rate: 20, burst: 40, times: 1.05, perRequest: 1.08 },
    { name: "100/s, burst 200", count: 1000, rate: 100, burst: 200, times: 1.1, perRequest: 1.08 },
    { name: "5/s, burst 10", count: 200, rate: 5, burst: 10, times: 1.1, perRequest: 1.4 },
    { name: "2/s, burst 5", count: 60, rate: 2, burst: 5, times: 1.1, perRequest: 3.5 },
    { name: "10/s, no burst", count: 200, rate: 10, burst: 1, times: 1.3, perRequest: 1.5 },
    { name: "50/s, no burst", count: 500, rate: 50, burst: 1, times: 1.4, perRequest: 1.1 },
    { name: "200/s, burst 50", count: 1000, rate: 200, burst: 50, times: 1.2, perRequest: 1.1 },
  ])("finds the rate of a token bucket of $name", ({ count, rate, burst, times, ...expected }) => {
    const { seconds, perRequest } = worst({ limit: bucket(rate, burst), requests: count });
    expect(seconds / floorSeconds(count, rate, burst)).toBeLessThan(times);
    expect(perRequest).toBeLessThan(expected.perRequest);
  });

  it("stays close to the rate when refused requests are charged as well", () => {
    const { seconds } = worst({ limit: bucket(20, 40, 1), requests: 1000 });
    expect(seconds / floorSeconds(1000, 20, 40)).toBeLessThan(1.3);
  });

  it("shares a limit between processes that do not know of each other", () => {
    const { seconds } = worst({ limit: bucket(20, 40), requests: 250, processes: 4 });
    expect(seconds / floorSeconds(1000, 20, 40)).toBeLessThan(1.25);
  });

  it("gets through a window of 100 requests in 5 s without waiting for many windows", () => {
    const limit: RateLimit = { kind: "fixed-window", count: 100, windowMs: 5000 };
    expect(worst({ limit, requests: 400 }).seconds).toBeLessThan(28);
  });

  it("bears refusals that come by chance instead of slowing down more and more", () => {
    const { seconds, perRequest } = worst({
      limit: bucket(20, 40),
      requests: 200,
      refusedByChance: 0.5,
    });
    expect(seconds).toBeLessThan(2 * (400 / 20));
    expect(perRequest).toBeLessThan(3);
  });
});

describe("Pace", () => {
  it("waits as long as OCI asks, but not beyond what a run lasts", () => {
    const pace = new Pace();
    pace.hold(1_000, 7_000);
    expect(pace.nextMs).toBe(8_000);
    pace.hold(1_000, 3_600_000);
    expect(pace.nextMs).toBe(61_000);
  });

  it("asks a limiter that refuses on and on less and less often", () => {
    const pace = new Pace();
    let nowMs = 1_000;
    for (let attempt = 0; attempt < 40; attempt++) {
      pace.sent(nowMs);
      pace.refused(nowMs, nowMs);
      nowMs = pace.nextMs;
    }
    expect(nowMs).toBeGreaterThan(30_000);
  });

  it("does not grow while nobody waits for a turn", () => {
    const pace = new Pace();
    const before = pace.ratePerSecond(1_000);
    for (let count = 0; count < 50; count++) {
      pace.sent(1_000 + count * 100);
      pace.accepted(1_050 + count * 100, 50, false);
    }
    expect(pace.ratePerSecond(6_000)).toBe(before);
  });
});
