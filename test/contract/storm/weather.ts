import type { CloudSettings } from "../../sandbox/api/cloud-settings.ts";
import {
  OUT_OF_CAPACITY,
  type FaultAnswer,
  type FaultRule,
} from "../../sandbox/api/fault-rules.ts";
import type { RateLimits } from "../../sandbox/api/rate-limit.ts";

/** One thing that a storm is made of. */
export interface Weather {
  readonly name: string;
  /** Decides about launches whatever the chance: a second one in the same storm would never have its turn. */
  readonly isShortage?: boolean;
  readonly make: (seed: number, nodeCount: number) => Ingredients;
}

export interface Ingredients {
  readonly faults?: readonly FaultRule[];
  readonly cloud?: Partial<CloudSettings>;
  readonly rateLimits?: RateLimits;
  readonly launchMs?: number;
  /** Settings of startnode.yaml. */
  readonly settings?: Readonly<Record<string, number>>;
  readonly hasDyingNamesakes?: boolean;
}

function error(status: number, code: string, message: string): FaultAnswer {
  return { kind: "error", status, code, message };
}

function byChance(probability: number, seed: number, answer: FaultAnswer): Ingredients {
  return { faults: [{ operation: "*", probability, seed, answer }] };
}

const HTML: FaultAnswer = {
  kind: "raw",
  status: 503,
  contentType: "text/html",
  body: "<html>busy</html>",
};

/** Longer than a startnode needs to come up on a busy computer. */
const DYING_MS = 4_000;

export const WEATHERS: readonly Weather[] = [
  {
    name: "half of all calls are throttled",
    make: (seed) => byChance(0.5, seed, error(429, "TooManyRequests", "slow down")),
  },
  {
    name: "a third of all calls fail with 500",
    make: (seed) => byChance(0.3, seed, error(500, "InternalError", "oops")),
  },
  {
    name: "no capacity in the first availability domain",
    isShortage: true,
    make: () => ({
      faults: [
        {
          operation: "LaunchInstance",
          match: { availabilityDomain: "Uocm:PHX-AD-1" },
          answer: OUT_OF_CAPACITY,
        },
      ],
    }),
  },
  {
    name: "no capacity anywhere",
    isShortage: true,
    make: () => ({ faults: [{ operation: "LaunchInstance", answer: OUT_OF_CAPACITY }] }),
  },
  {
    name: "the service limit is reached half way",
    isShortage: true,
    make: (_seed, nodeCount) => ({
      faults: [
        {
          operation: "LaunchInstance",
          times: nodeCount / 2,
          answer: { kind: "delay", delayMs: 0 },
        },
        {
          operation: "LaunchInstance",
          answer: error(400, "LimitExceeded", "limits were exceeded"),
        },
      ],
    }),
  },
  {
    name: "some calls are never answered",
    make: (seed) => ({
      ...byChance(0.05, seed, { kind: "hang" }),
      settings: { call_deadline_seconds: 2 },
    }),
  },
  {
    name: "connections are reset before the call was carried out",
    make: (seed) => byChance(0.2, seed, { kind: "reset-before" }),
  },
  {
    name: "connections are reset after the call was carried out",
    make: (seed) => byChance(0.2, seed, { kind: "reset-after" }),
  },
  {
    name: "accepted launches fail",
    make: (seed) => ({
      faults: [
        { operation: "LaunchInstance", probability: 0.2, seed, answer: { kind: "async-failure" } },
      ],
    }),
  },
  {
    name: "pages are short, and every other one empty",
    make: () => ({ cloud: { pageSizeMax: 7, emptyPages: true } }),
  },
  {
    name: "lists are late",
    make: () => ({ cloud: { listDelayMs: 1_500, vnicDelayMs: 1_000 } }),
  },
  {
    name: "namesakes are dying",
    make: () => ({ hasDyingNamesakes: true, cloud: { terminateMs: DYING_MS } }),
  },
  {
    name: "the deadline comes early",
    make: () => ({ settings: { run_deadline_seconds: 5 }, launchMs: 600 }),
  },
  { name: "a proxy answers in HTML", make: (seed) => byChance(0.1, seed, HTML) },
  {
    name: "the limiter lets little through",
    make: () => ({
      rateLimits: {
        all: { kind: "token-bucket", ratePerSecond: 20, burst: 10, rejectedCost: 0.5 },
      },
    }),
  },
];
