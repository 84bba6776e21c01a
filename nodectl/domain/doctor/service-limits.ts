import { expandedNames } from "../group-names.ts";
import { groupBy } from "../group-by.ts";
import type { NodeGroup } from "../launch-specification.ts";
import type { Shape } from "../shape.ts";
import { type Finding, problemsOr, warning, wrong } from "./finding.ts";

/** What nodes of one limit take of it, in its own unit. */
export interface LimitNeed {
  readonly limitName: string;
  /** Where they may be launched, one place for all: full names. */
  readonly availabilityDomains: readonly string[];
  /** Of the nodes that have no instance now. */
  readonly amount: number;
  /** Of the smallest of these nodes. */
  readonly amountOfOne: number;
  /** Some of its nodes run: it is not closed to us. */
  readonly isInUse: boolean;
}

/** The units are Oracle's ("Service Limits", Compute): OCPUs for …-core-…, GB for …-memory-…, GPUs for gpu…. */
export function amountOf(
  limitName: string,
  { ocpus, memoryGib, gpus }: Pick<Shape, "ocpus" | "memoryGib" | "gpus">,
): number | undefined {
  // Capacity that is reserved counts apart, and we reserve none.
  if (limitName.includes("reserv")) return undefined;
  if (limitName.includes("-memory-")) return memoryGib;
  if (limitName.includes("-core-")) return ocpus;
  return limitName.startsWith("gpu") ? gpus : undefined;
}

interface Take {
  readonly limitName: string;
  readonly availabilityDomains: readonly string[];
  readonly amount: number;
  readonly isRunning: boolean;
}

/**
 * What all nodes of nodes.json would take of each limit. Alternatives are left out: they are for when the shape itself is
 * not to be had.
 */
export function limitNeeds(
  groups: readonly NodeGroup[],
  shapes: readonly Shape[],
  runningNames: ReadonlySet<string>,
): readonly LimitNeed[] {
  const known = new Map(shapes.map((shape) => [shape.name, shape]));
  const takes = groups.flatMap((group) => takesOf(group, known, runningNames));
  const grouped = groupBy(takes, (it) => [it.limitName, ...it.availabilityDomains].join(" "));
  return [...grouped.values()].flatMap(sumOf);
}

function takesOf(
  { specification, isRetired, ...names }: NodeGroup,
  shapes: ReadonlyMap<string, Shape>,
  runningNames: ReadonlySet<string>,
): readonly Take[] {
  const shape = shapes.get(specification.shape);
  if (shape === undefined || isRetired === true) return [];
  const { availabilityDomains, shapeConfig } = specification;
  const size = { ...shape, ...shapeConfig };
  return (shape.quotaNames ?? []).flatMap((limitName) => {
    const amount = amountOf(limitName, size);
    if (amount === undefined) return [];
    return expandedNames(names).map((name) => ({
      ...{ limitName, availabilityDomains, amount, isRunning: runningNames.has(name) },
    }));
  });
}

function sumOf(takes: readonly Take[]): readonly LimitNeed[] {
  const [first] = takes;
  const toCome = takes.filter(({ isRunning }) => !isRunning).map(({ amount }) => amount);
  if (first === undefined || toCome.length === 0) return [];
  const { limitName, availabilityDomains } = first;
  return [
    {
      ...{ limitName, availabilityDomains },
      amount: toCome.reduce((sum, amount) => sum + amount, 0),
      amountOfOne: toCome.reduce((least, amount) => Math.min(least, amount)),
      isInUse: toCome.length < takes.length,
    },
  ];
}

/** What OCI has left of a limit, by its name and availability domain; undefined: OCI does not tell. */
export type AvailableOf = (limitName: string, availabilityDomain: string) => number | undefined;

/** Each need against what is left, where OCI tells it. Nodes with one place come before those with several. */
export function judgeLimits(
  needs: readonly LimitNeed[],
  availableOf: AvailableOf,
): readonly Finding[] {
  const findings = needs.flatMap((need) => judgeNeed(need, leftFor(need, needs, availableOf)));
  const count = new Set(needs.map(({ limitName }) => limitName)).size;
  const subject = count === 1 ? "1 limit leaves" : `${count} limits leave`;
  return problemsOr(findings, `${subject} room for all nodes of nodes.json`);
}

/** In each of its places. */
function leftFor(
  { limitName, availabilityDomains }: LimitNeed,
  needs: readonly LimitNeed[],
  availableOf: AvailableOf,
): readonly (number | undefined)[] {
  return availabilityDomains.map((domain) => {
    const available = availableOf(limitName, domain);
    if (available === undefined || availabilityDomains.length === 1) return available;
    const bound = needs
      .filter((it) => it.limitName === limitName && it.availabilityDomains.join() === domain)
      .reduce((sum, { amount }) => sum + amount, 0);
    return Math.max(0, available - bound);
  });
}

function judgeNeed(need: LimitNeed, left: readonly (number | undefined)[]): readonly Finding[] {
  const { limitName, availabilityDomains, amount, amountOfOne, isInUse } = need;
  const known = left.filter((it) => it !== undefined);
  const sum = known.reduce((total, it) => total + it, 0);
  if (known.length < left.length || sum >= amount) return [];
  const room = `${sum} ${unitOf(limitName)} left in ${availabilityDomains.join(", ")}`;
  const seen = `${limitName}: ${room}, and the nodes that are off take ${amount}`;
  const ask = "ask Oracle for more (Console: Limits, Quotas and Usage)";
  const fix = `lower the counts in limits.yaml, or ${ask}`;
  const isClosed = !isInUse && known.every((it) => it < amountOfOne);
  return [isClosed ? wrong(seen, fix) : warning(seen, fix)];
}

function unitOf(limitName: string): string {
  if (limitName.includes("-memory-")) return "GB";
  return limitName.includes("-core-") ? "OCPUs" : "GPUs";
}
