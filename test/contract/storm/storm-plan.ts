import type { CloudSettings } from "../../sandbox/api/cloud-settings.ts";
import type { FaultAnswer, FaultRule } from "../../sandbox/api/fault-rules.ts";
import type { RateLimits } from "../../sandbox/api/rate-limit.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";

/** What a seed gives: the same storm each time. */
export interface StormPlan {
  readonly seed: number;
  readonly names: readonly string[];
  readonly faults: readonly FaultRule[];
  readonly cloud: Partial<CloudSettings>;
  readonly rateLimits: RateLimits;
  readonly launchMs: number;
  /** Settings of startnode.yaml. */
  readonly settings: Readonly<Record<string, number>>;
  /** Availability domains that the nodes may be in, counted from 1. */
  readonly availabilityDomains: readonly number[];
  /** Instances of an earlier life still hold their names when the run begins. */
  readonly hasDyingNamesakes: boolean;
}

type Ingredient = (seed: number, nodeCount: number) => Partial<StormPlan>;

const RUN_DEADLINE_SECONDS = 12;
const NODE_COUNT = 30;

function error(status: number, code: string, message: string): FaultAnswer {
  return { kind: "error", status, code, message };
}

const OUT_OF_CAPACITY = error(500, "InternalError", "Out of host capacity.");

function byChance(probability: number, seed: number, answer: FaultAnswer): FaultRule {
  return { operation: "*", probability, seed, answer };
}

/** What the weather is made of; a storm has one to three of them. */
const INGREDIENTS: Readonly<Record<string, Ingredient>> = {
  "half of all calls are throttled": (seed) => ({
    faults: [byChance(0.5, seed, error(429, "TooManyRequests", "slow down"))],
  }),
  "a third of all calls fail with 500": (seed) => ({
    faults: [byChance(0.3, seed, error(500, "InternalError", "oops"))],
  }),
  "no capacity in the first availability domain": () => ({
    faults: [
      {
        operation: "LaunchInstance",
        match: { availabilityDomain: "Uocm:PHX-AD-1" },
        answer: OUT_OF_CAPACITY,
      },
    ],
  }),
  "no capacity anywhere": () => ({
    faults: [{ operation: "LaunchInstance", answer: OUT_OF_CAPACITY }],
  }),
  "the service limit is reached half way": (_seed, nodeCount) => ({
    faults: [
      {
        operation: "LaunchInstance",
        times: nodeCount / 2,
        answer: { kind: "delay", delayMs: 0 },
      },
      { operation: "LaunchInstance", answer: error(400, "LimitExceeded", "limits were exceeded") },
    ],
  }),
  "some calls are never answered": (seed) => ({
    faults: [byChance(0.05, seed, { kind: "hang" })],
    settings: { call_deadline_seconds: 1 },
  }),
  "connections are reset before the call was carried out": (seed) => ({
    faults: [byChance(0.2, seed, { kind: "reset-before" })],
  }),
  "connections are reset after the call was carried out": (seed) => ({
    faults: [byChance(0.2, seed, { kind: "reset-after" })],
  }),
  "accepted launches fail": (seed) => ({
    faults: [
      { operation: "LaunchInstance", probability: 0.2, seed, answer: { kind: "async-failure" } },
    ],
  }),
  "pages are short, and every other one empty": () => ({
    cloud: { pageSizeMax: 7, emptyPages: true },
  }),
  "lists are late": () => ({ cloud: { listDelayMs: 1_500, vnicDelayMs: 1_000 } }),
  "namesakes are dying": () => ({ hasDyingNamesakes: true, cloud: { terminateMs: 1_500 } }),
  "the deadline comes early": () => ({ settings: { run_deadline_seconds: 5 }, launchMs: 600 }),
  "a proxy answers in HTML": (seed) => ({
    faults: [
      byChance(0.1, seed, {
        kind: "raw",
        status: 503,
        contentType: "text/html",
        body: "<html>busy</html>",
      }),
    ],
  }),
  "the limiter lets little through": () => ({
    rateLimits: { all: { kind: "token-bucket", ratePerSecond: 20, burst: 10, rejectedCost: 0.5 } },
  }),
};

export function planStorm(seed: number): StormPlan & { readonly weather: readonly string[] } {
  const random = seededRandom(seed);
  const kinds = Object.keys(INGREDIENTS);
  const count = 1 + Math.floor(random() * 3);
  const weather = [...new Set(Array.from({ length: count }, () => pick(kinds, random)))];
  const parts = weather.map((kind, index) => {
    const make = INGREDIENTS[kind];
    if (make === undefined) throw new Error(`no such weather: ${kind}`);
    return make(seed * 100 + index, NODE_COUNT);
  });
  const launchMs = Math.floor(random() * 60);
  return {
    seed,
    weather,
    names: Array.from({ length: NODE_COUNT }, (_, index) => nodeName(index + 1)),
    faults: parts.flatMap(({ faults = [] }) => faults),
    cloud: Object.assign({ bootMs: 500 }, ...parts.map(({ cloud }) => cloud ?? {})) as object,
    rateLimits: Object.assign({}, ...parts.map((part) => part.rateLimits ?? {})) as RateLimits,
    launchMs: Math.max(launchMs, ...parts.map((part) => part.launchMs ?? 0)),
    settings: Object.assign(
      { run_deadline_seconds: RUN_DEADLINE_SECONDS },
      ...parts.map(({ settings }) => settings ?? {}),
    ) as Record<string, number>,
    availabilityDomains: random() < 0.5 ? [1] : [1, 2, 3],
    hasDyingNamesakes: parts.some((part) => part.hasDyingNamesakes === true),
  };
}

function nodeName(number: number): string {
  return `vm-a-${String(number).padStart(4, "0")}`;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}
