import type { CloudSettings } from "../../sandbox/api/cloud-settings.ts";
import type { FaultRule } from "../../sandbox/api/fault-rules.ts";
import type { RateLimits } from "../../sandbox/api/rate-limit.ts";
import { seededRandom } from "../../sandbox/api/seeded-random.ts";
import type { WaitingJobs } from "../../stand-in/resume-file.ts";
import { namesOf } from "../../stand-in/slurm-updates.ts";
import { WEATHERS, type Ingredients, type Weather } from "./weather.ts";

/** What a seed gives: the same storm each time. */
export interface StormPlan {
  readonly seed: number;
  readonly names: readonly string[];
  /** The jobs that wait for the nodes; undefined: Slurm's file of them is gone when startnode looks. */
  readonly jobs: WaitingJobs | undefined;
  /** In the order in which they are asked. */
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

/** Enough for startnode to come up, and then to try, on a busy computer. */
const RUN_DEADLINE_SECONDS = 20;
const WEATHERS_MAX = 3;
const JOB_NODES_MAX = 8;
const STORM_NODES = "vm-a-[0001-0030]";

export function planStorm(seed: number): StormPlan & { readonly weather: readonly string[] } {
  const random = seededRandom(seed);
  const names = namesOf(STORM_NODES);
  const weather = drawWeather(random);
  const parts = weather.map(({ make }, index) => make(seed * 100 + index, names.length));
  const launchMs = Math.floor(random() * 60);
  return {
    seed,
    weather: weather.map(({ name }) => name),
    names,
    ...mix(parts),
    launchMs: Math.max(launchMs, ...parts.map((part) => part.launchMs ?? 0)),
    availabilityDomains: random() < 0.5 ? [1] : [1, 2, 3],
    jobs: random() < 0.5 ? undefined : drawJobs(names, random),
  };
}

function drawWeather(random: () => number): readonly Weather[] {
  const count = 1 + Math.floor(random() * WEATHERS_MAX);
  const drawn = [...new Set(Array.from({ length: count }, () => pick(WEATHERS, random)))];
  const shortage = drawn.find(({ isShortage }) => isShortage === true);
  return drawn.filter((one) => one.isShortage !== true || one === shortage);
}

function mix(
  parts: readonly Ingredients[],
): Pick<StormPlan, "faults" | "cloud" | "rateLimits" | "settings" | "hasDyingNamesakes"> {
  const faults = parts.flatMap((part) => part.faults ?? []);
  const isByChance = ({ probability }: FaultRule): boolean => probability !== undefined;
  return {
    // The first rule that strikes decides: one that always does would leave the others without a turn.
    faults: [...faults.filter(isByChance), ...faults.filter((rule) => !isByChance(rule))],
    cloud: merged<CloudSettings>([{ bootMs: 500 }, ...parts.map(({ cloud = {} }) => cloud)]),
    rateLimits: merged<RateLimits>(parts.map(({ rateLimits = {} }) => rateLimits)),
    settings: Object.fromEntries(
      [
        { run_deadline_seconds: RUN_DEADLINE_SECONDS },
        ...parts.map(({ settings = {} }) => settings),
      ].flatMap((settings) => Object.entries(settings)),
    ),
    hasDyingNamesakes: parts.some((part) => part.hasDyingNamesakes === true),
  };
}

function merged<Whole>(parts: readonly Partial<Whole>[]): Partial<Whole> {
  return parts.reduce((whole, part) => ({ ...whole, ...part }), {});
}

/** Every node in one job, jobs of one node and of several. */
export function drawJobs(names: readonly string[], random: () => number): WaitingJobs {
  const jobs = new Map<number, readonly string[]>();
  for (let next = 0; next < names.length;) {
    const end = next + 1 + Math.floor(random() * JOB_NODES_MAX);
    jobs.set(jobs.size + 1, names.slice(next, end));
    next = end;
  }
  return jobs;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}
