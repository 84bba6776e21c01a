import { ApiError } from "./api-error.ts";

/** How many requests of one user are let through. OCI publishes neither the kind of its limiter nor its numbers. */
export type RateLimit = {
  /** What a refused request costs, from 0 (nothing) to 1 (as much as an accepted one). */
  readonly rejectedCost?: number;
  /** Whether a 429 carries Retry-After. OCI rarely sends it. */
  readonly sendsRetryAfter?: boolean;
} & (
  | { readonly kind: "token-bucket"; readonly ratePerSecond: number; readonly burst: number }
  | { readonly kind: "fixed-window"; readonly count: number; readonly windowMs: number }
);

/** Limits that hold side by side: a request needs room in every one that concerns it. */
export interface RateLimits {
  readonly all?: RateLimit;
  readonly reads?: RateLimit;
  readonly writes?: RateLimit;
}

/** Refuses requests beyond the limits with 429. Every user (signing key) has limits of their own. */
export class RateLimiter {
  private limits: RateLimits;
  private readonly meters = new Map<string, Meter>();

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  /** From now on these limits hold, and everybody begins with a full allowance. */
  replace(limits: RateLimits): void {
    this.limits = limits;
    this.meters.clear();
  }

  check(keyId: string, kind: "read" | "write", nowMs: number): void {
    this.spend(`${keyId} all`, this.limits.all, nowMs);
    this.spend(`${keyId} ${kind}`, kind === "read" ? this.limits.reads : this.limits.writes, nowMs);
  }

  private spend(name: string, limit: RateLimit | undefined, nowMs: number): void {
    if (limit === undefined) return;
    const meter = this.meters.get(name) ?? createMeter(limit, nowMs);
    this.meters.set(name, meter);
    const waitMs = meter.spend(nowMs);
    if (waitMs === 0) return;
    const retryAfterSeconds = limit.sendsRetryAfter === true ? Math.ceil(waitMs / 1000) : undefined;
    throw new ApiError(429, "TooManyRequests", "Too many requests for the user", retryAfterSeconds);
  }
}

interface Meter {
  /** 0: let through. Otherwise refused, and there is room again after so many milliseconds. */
  spend(nowMs: number): number;
}

function createMeter(limit: RateLimit, nowMs: number): Meter {
  switch (limit.kind) {
    case "token-bucket":
      return new TokenBucket(limit.ratePerSecond, limit.burst, limit.rejectedCost ?? 0, nowMs);
    case "fixed-window":
      return new FixedWindow(limit.count, limit.windowMs, limit.rejectedCost ?? 0);
  }
}

class TokenBucket implements Meter {
  private readonly ratePerSecond: number;
  private readonly burst: number;
  private readonly rejectedCost: number;
  private tokens: number;
  private updatedMs: number;

  constructor(ratePerSecond: number, burst: number, rejectedCost: number, nowMs: number) {
    this.ratePerSecond = ratePerSecond;
    this.burst = burst;
    this.rejectedCost = rejectedCost;
    this.tokens = burst;
    this.updatedMs = nowMs;
  }

  spend(nowMs: number): number {
    const earned = ((nowMs - this.updatedMs) / 1000) * this.ratePerSecond;
    this.tokens = Math.min(this.burst, this.tokens + earned);
    this.updatedMs = nowMs;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    this.tokens = Math.max(0, this.tokens - this.rejectedCost);
    return Math.max(1, ((1 - this.tokens) / this.ratePerSecond) * 1000);
  }
}

class FixedWindow implements Meter {
  private readonly count: number;
  private readonly windowMs: number;
  private readonly rejectedCost: number;
  private window = -1;
  private spent = 0;

  constructor(count: number, windowMs: number, rejectedCost: number) {
    this.count = count;
    this.windowMs = windowMs;
    this.rejectedCost = rejectedCost;
  }

  spend(nowMs: number): number {
    const window = Math.floor(nowMs / this.windowMs);
    if (window !== this.window) {
      // What refused requests cost beyond the limit is paid from the next window.
      this.spent = this.window === -1 ? 0 : Math.max(0, this.spent - this.count);
      this.window = window;
    }
    if (this.spent + 1 <= this.count) {
      this.spent += 1;
      return 0;
    }
    this.spent = Math.min(this.spent + this.rejectedCost, 2 * this.count - 1);
    return Math.max(1, (window + 1) * this.windowMs - nowMs);
  }
}
