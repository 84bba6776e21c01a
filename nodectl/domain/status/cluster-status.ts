import type { SpaceSight } from "../doctor/free-space.ts";
import type { Pause } from "../pause.ts";
import type { CoolDown } from "./cool-downs.ts";
import { sumOrUndefined, type NodeStatus } from "./node-status.ts";
import { usdPerHour } from "../price-list.ts";

/** What was seen of a cluster in one look. */
export interface ClusterSight {
  readonly clusterId: string;
  readonly nowMs: number;
  /** Why Slurm could not be seen; undefined when it was. */
  readonly slurmBlindness: string | undefined;
  /** The same of OCI. */
  readonly ociBlindness: string | undefined;
  /** In the order of their names. */
  readonly nodes: readonly NodeStatus[];
  /** What is wrong with the lists, for people. */
  readonly doubts: readonly string[];
  /** What is left on the file systems that the cluster writes to; absent: not looked at. */
  readonly space?: readonly SpaceSight[];
  /** When the last pass of reconcile looked, milliseconds since the epoch; 0: never, as far as is known. */
  readonly lastPassMs: number;
  readonly coolDowns: readonly CoolDown[];
  /** In force: nothing is launched. */
  readonly pause: Pause | undefined;
  /** Milliseconds from a launch to a registration, after which reconcile replaces the node. */
  readonly bootLimitMs: number;
  /** How long reconcile lets an instance live that no node needs. */
  readonly orphanGraceMs: number;
  /** Within it a run of startnode launches, or says that it could not. */
  readonly runDeadlineMs: number;
  /** What compute nodes run when they boot. */
  readonly userDataFile: string;
}

/** Something that a person should know; gone when its cause is gone. */
export interface Warning {
  /** For scripts. */
  readonly id: string;
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** Empty when it is about the whole cluster. */
  readonly nodes: readonly string[];
}

export interface ClusterStatus extends ClusterSight {
  readonly warnings: readonly Warning[];
}

/** What runs, and its list price. */
export interface Bill {
  readonly instances: number;
  /** Of those whose price is known. */
  readonly usdPerHour: number;
  /** How many have none. */
  readonly unpriced: number;
}

export function billOf(nodes: readonly Pick<NodeStatus, "living">[]): Bill {
  const prices = nodes.flatMap(({ living }) => living.map(usdPerHour));
  const known = prices.filter((price) => price !== undefined);
  return {
    instances: prices.length,
    usdPerHour: sumOrUndefined(known) ?? 0,
    unpriced: prices.length - known.length,
  };
}

/** The same, as far as it is about some nodes; and the names of those that nobody knows. */
export function selectNodes(
  status: ClusterStatus,
  names: readonly string[],
): { readonly status: ClusterStatus; readonly missing: readonly string[] } {
  const wanted = new Set(names);
  const nodes = status.nodes.filter(({ name }) => wanted.has(name));
  const warnings = status.warnings.filter(
    (warning) => warning.nodes.length === 0 || warning.nodes.some((name) => wanted.has(name)),
  );
  const found = new Set(nodes.map(({ name }) => name));
  return { status: { ...status, nodes, warnings }, missing: names.filter((it) => !found.has(it)) };
}
