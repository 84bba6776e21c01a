import { floorMs, type Limiter } from "../floor.ts";
import type { RivalValue, Row, Target } from "../result.ts";
import { API_SETTINGS } from "../world/world.ts";
import type { StartObservation } from "./start-observation.ts";

export interface Measured {
  readonly value: number;
  /** The subject was cut before the end of this. */
  readonly isAtLeast: boolean;
}

/** undefined: the subject has no such number. */
export type Measure = (one: StartObservation) => Measured | undefined;

/** Seconds until all were launched. */
export const launched: Measure = (one) => lastOf(one, one.launchTimes);

/** Seconds until scontrol had the address of every node. */
export const addressed: Measure = (one) => lastOf(one, one.addressTimes);

export const requestsPerNode: Measure = ({ requests, nodeCount, isCut }) => {
  const count = requests.accepted + requests.refused + requests.failed;
  return { value: count / nodeCount, isAtLeast: isCut };
};

export const cpuSeconds: Measure = ({ usage, isCut }) =>
  usage && { value: usage.cpuSeconds, isAtLeast: isCut };

export const residentMb: Measure = ({ usage, isCut }) =>
  usage && { value: usage.residentMbMax, isAtLeast: isCut };

function lastOf(
  { nodeCount, isCut, endedAfterSeconds }: StartObservation,
  times: readonly number[],
): Measured | undefined {
  const last = times[nodeCount - 1];
  if (last !== undefined) return { value: last, isAtLeast: false };
  return isCut ? { value: endedAfterSeconds, isAtLeast: true } : undefined;
}

export function describeRequests({ requests, nodeCount }: StartObservation): string {
  const { accepted, refused, failed } = requests;
  const parts = [`${(accepted / nodeCount).toFixed(2)} accepted`];
  if (refused > 0) parts.push(`${(refused / nodeCount).toFixed(2)} refused`);
  if (failed > 0) parts.push(`${(failed / nodeCount).toFixed(2)} failed`);
  return parts.join(" + ");
}

export interface NamedRival {
  readonly name: string;
  readonly observation: StartObservation;
}

/** What the table says of a rival; nothing when it has no such number. */
function rivalValue({ name, observation }: NamedRival, measure: Measure): RivalValue[] {
  const measured = measure(observation);
  if (measured === undefined) return [];
  const { nodeCount, launchTimes } = observation;
  const isShort = launchTimes.length < nodeCount;
  const remark = `${launchTimes.length} of ${nodeCount} launched`;
  return [{ name, ...measured, ...(isShort && { remark }) }];
}

/** One row that compares a number of ours with the rivals'. */
export function compare(
  what: string,
  unit: Row["unit"],
  measure: Measure,
  { ours, rivals }: { ours: StartObservation; rivals: readonly NamedRival[] },
): Row {
  return {
    what,
    unit,
    ours: measure(ours)?.value,
    rivals: rivals.flatMap((rival) => rivalValue(rival, measure)),
  };
}

export function atMost(of: Target["of"], limit: number | undefined): { target?: Target } {
  return limit === undefined ? {} : { target: { of, bound: "at-most", limit } };
}

export function describeLaunches({ launchTimes, addressTimes }: StartObservation): string {
  const last = (times: readonly number[]): string => `${(times.at(-1) ?? 0).toFixed(1)} s`;
  const addresses = `${addressTimes.length} addressed by ${last(addressTimes)}`;
  return `${launchTimes.length} launched by ${last(launchTimes)}, ${addresses}`;
}

/** Seconds at which the limiter would have let each launch be answered, at best. */
export function floorCurve(
  limiter: Limiter,
  { nodeCount, startedMs }: Pick<StartObservation, "nodeCount" | "startedMs">,
): number[] {
  const latencyMs = API_SETTINGS.launchLatencyMs;
  return Array.from(
    { length: nodeCount },
    (_, index) => floorMs(limiter, { requestCount: index + 1, latencyMs, startedMs }) / 1000,
  );
}

/** Seconds until the last of them is answered. */
export function floorSeconds(
  limiter: Limiter,
  observation: Pick<StartObservation, "nodeCount" | "startedMs">,
): number {
  return floorCurve(limiter, observation).at(-1) ?? 0;
}
