import { invalidParameter } from "./api-error.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import { FieldReader } from "./field-reader.ts";
import type { RateLimit, RateLimits } from "./rate-limit.ts";

const LIMIT_FIELDS = [
  ...["kind", "ratePerSecond", "burst", "count", "windowMs"],
  ...["rejectedCost", "sendsRetryAfter"],
];

/** Reads rate limits from JSON: what is absent is unlimited. Throws an ApiError that names the field. */
export function readRateLimits(body: unknown): RateLimits {
  const fields = FieldReader.open(body, "", ["all", "reads", "writes"], BODY_PROBLEMS);
  const limits = (["all", "reads", "writes"] as const).flatMap((key) => {
    const limit = fields.nested(key, LIMIT_FIELDS);
    return limit === undefined ? [] : [[key, readLimit(limit)] as const];
  });
  return Object.fromEntries(limits);
}

function readLimit(fields: FieldReader): RateLimit {
  const common = {
    rejectedCost: inRange(fields, "rejectedCost", fields.number("rejectedCost") ?? 0, 0, 1),
    sendsRetryAfter: fields.boolean("sendsRetryAfter") ?? false,
  };
  const positive = (key: string, min: number): number =>
    inRange(fields, key, fields.requiredNumber(key), min, 1_000_000);
  const kind = fields.requiredString("kind");
  switch (kind) {
    case "token-bucket": {
      const ratePerSecond = positive("ratePerSecond", 0.001);
      return { kind, ratePerSecond, burst: positive("burst", 1), ...common };
    }
    case "fixed-window": {
      const count = positive("count", 1);
      return { kind, count, windowMs: positive("windowMs", 1), ...common };
    }
    default:
      throw invalidParameter(
        `${fields.pathOf("kind")} ${kind} is unknown: use token-bucket or fixed-window`,
      );
  }
}

function inRange(
  fields: FieldReader,
  key: string,
  value: number,
  min: number,
  max: number,
): number {
  if (value >= min && value <= max) return value;
  throw invalidParameter(`${fields.pathOf(key)} ${value} is out of range: write ${min} to ${max}`);
}
