import { groupBy } from "../group-by.ts";
import { instanceStateOf, type InstanceRecord } from "./instance-state.ts";
import type { ReconcileMemory, RememberedNode, Waking } from "./memory.ts";
import type { Claim, NodeSight } from "./sight.ts";
import { slurmStateOf, type SlurmRecord, type SlurmState } from "./slurm-state.ts";

/** What both sides say at one moment. */
export interface Lists {
  readonly slurmNodes: readonly SlurmRecord[];
  /** Of this cluster, TERMINATED ones included. */
  readonly instances: readonly InstanceRecord[];
  /** Node name and address; undefined when they could not be listed. */
  readonly addresses:
    readonly { readonly hostnameLabel: string; readonly ipAddress: string }[] | undefined;
  /** The names of nodes.json. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly nowMs: number;
}

/** A power-up that began while nobody looked for longer than this could be of any age. */
const GAP_MS_MAX = 3 * 60_000;

/** Puts both sides together: every node that Slurm has (cloud nodes only) or an instance names. */
export function lookAtNodes(lists: Lists, memory: ReconcileMemory): readonly NodeSight[] {
  const cloud = lists.slurmNodes.filter(({ flags }) => flags.has("CLOUD"));
  const others = new Set(lists.slurmNodes.filter((node) => !cloud.includes(node)).map(nameOf));
  const records = new Map(cloud.map((record) => [record.name, record]));
  const instances = groupBy(lists.instances, ({ nodeName }) => nodeName);
  const addresses = groupBy(lists.addresses ?? [], ({ hostnameLabel }) => hostnameLabel);
  const names = [...new Set([...records.keys(), ...instances.keys()])];
  return names
    .filter((name) => !others.has(name))
    .map((name) => {
      const slurm = records.get(name);
      const slurmState = slurmStateOf(slurm);
      const waking = wakingOf(memory, name, slurmState, lists.nowMs);
      const own = instances.get(name) ?? [];
      const instanceState = instanceStateOf(own, waking?.notBeforeMs ?? 0);
      const before = memory.nodes[name];
      const isSame = before?.slurmState === slurmState && before.instanceState === instanceState;
      return {
        name,
        slurm,
        slurmState,
        instances: own,
        instanceState,
        claim: lists.claims.get(name) ?? "unclaimed",
        addresses:
          lists.addresses === undefined
            ? undefined
            : (addresses.get(name) ?? []).map(({ ipAddress }) => ipAddress),
        sinceMs: isSame ? before.sinceMs : lists.nowMs,
        waking,
      };
    });
}

/** False when Slurm hears a node of which OCI has no record at all: the list came back short. */
export function isInstanceListWhole(nodes: readonly NodeSight[]): boolean {
  return !nodes.some(
    ({ slurmState, instances }) =>
      (slurmState === "idle" || slurmState === "busy") && instances.length === 0,
  );
}

/** What the next pass has to know of these nodes. */
export function remember(nodes: readonly NodeSight[], nowMs: number): ReconcileMemory {
  const kept = nodes.map(({ name, slurmState, instanceState, sinceMs, waking }) => {
    const remembered: RememberedNode = {
      slurmState,
      instanceState,
      sinceMs,
      ...(waking !== undefined && { waking }),
    };
    return [name, remembered] as const;
  });
  return { passMs: nowMs, nodes: Object.fromEntries(kept) };
}

function wakingOf(
  { passMs, nodes }: ReconcileMemory,
  name: string,
  slurmState: SlurmState,
  nowMs: number,
): Waking | undefined {
  if (slurmState !== "waking" && slurmState !== "waking-down") return undefined;
  const isContinuous = nowMs - passMs <= GAP_MS_MAX;
  const before = isContinuous ? nodes[name]?.waking : undefined;
  return before ?? { notBeforeMs: isContinuous ? passMs : nowMs, sinceMs: nowMs };
}

function nameOf({ name }: SlurmRecord): string {
  return name;
}
