import { groupBy } from "../group-by.ts";
import type { NodeStatus } from "./node-status.ts";

/** Nodes of which one line tells. */
export interface NodeStatusGroup {
  readonly nodes: readonly NodeStatus[];
  readonly first: NodeStatus;
}

export interface GroupedNodes {
  /** Those that need a look first, then what is under way, then what is well. */
  readonly groups: readonly NodeStatusGroup[];
  /** Powered down, in order, without an instance: they wait for jobs. */
  readonly off: readonly NodeStatus[];
}

/** Together is what is alike in more and more respects left out, until there are not too many lines. */
const COARSENESS: readonly ((node: NodeStatus) => readonly string[])[] = [
  ({ shape, availabilityDomain }) => [shape, availabilityDomain],
  ({ shape }) => [shape],
  () => [],
];

/**
 * Puts like nodes together: same shape, availability domain, state in Slurm, state in OCI and plan. Of a cluster that would
 * have more than so many groups first the availability domains, then the shapes are taken together.
 */
export function groupNodes(nodes: readonly NodeStatus[], groupsMax: number): GroupedNodes {
  const off = nodes.filter(isPlainlyOff);
  const others = nodes.filter((node) => !isPlainlyOff(node));
  const candidates = COARSENESS.map((placeOf) => groupsBy(others, placeOf));
  const groups = candidates.find(({ length }) => length <= groupsMax) ?? candidates.at(-1) ?? [];
  return { groups, off };
}

function groupsBy(
  nodes: readonly NodeStatus[],
  placeOf: (node: NodeStatus) => readonly string[],
): readonly NodeStatusGroup[] {
  const keyOf = (node: NodeStatus): string => {
    const { slurmState, instanceState, plan } = node;
    const planKey = plan === undefined ? "" : `${plan.kind} ${plan.rule.id}`;
    return [urgencyOf(node), slurmState, instanceState, planKey, ...placeOf(node)].join("\n");
  };
  return [...groupBy(nodes, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      return first === undefined ? [] : [{ nodes: group, first }];
    });
}

function isPlainlyOff({ slurmState, living, plan }: NodeStatus): boolean {
  return slurmState === "off" && living.length === 0 && plan === undefined;
}

/** How a node stands, for the order of lines and for colours. */
export type Standing = "wrong" | "under-way" | "well" | "unknown";

export function standingOf({ slurmState, plan }: NodeStatus): Standing {
  if (slurmState === "unknown") return "unknown";
  if (plan !== undefined || /down|drain-slurm|drain-admin|silent|invalid|absent/.test(slurmState)) {
    return "wrong";
  }
  return slurmState === "idle" || slurmState === "busy" || slurmState === "off"
    ? "well"
    : "under-way";
}

const URGENCY: Readonly<Record<Standing, number>> = {
  wrong: 0,
  "under-way": 1,
  unknown: 2,
  well: 3,
};

function urgencyOf(node: NodeStatus): number {
  return URGENCY[standingOf(node)];
}
