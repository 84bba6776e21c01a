import { groupBy } from "../group-by.ts";
import { instanceStateOf, isLiving, type InstanceRecord } from "./instance-state.ts";
import type { ReconcileMemory, RememberedNode, Waking } from "./memory.ts";
import type { BootNote, Claim, NodeSight } from "./sight.ts";
import { isCountedOn, slurmStateOf, type SlurmRecord, type SlurmState } from "./slurm-state.ts";

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
  /** By node name. Default: none. */
  readonly notes?: ReadonlyMap<string, BootNote>;
  readonly nowMs: number;
}

/** The part of the memory that tells how nodes were. */
export type Recollection = Pick<ReconcileMemory, "passMs" | "nodes">;

/** A power-up that began while nobody looked for longer than this could be of any age. */
const GAP_MS_MAX = 3 * 60_000;

/** Puts both sides together: every node that Slurm has (cloud nodes only) or an instance names. */
export function lookAtNodes(lists: Lists, memory: Recollection): readonly NodeSight[] {
  const cloud = lists.slurmNodes.filter(({ flags }) => flags.has("CLOUD"));
  const others = new Set(
    lists.slurmNodes.filter(({ flags }) => !flags.has("CLOUD")).map(({ name }) => name),
  );
  const records = new Map(cloud.map((record) => [record.name, record]));
  const instances = groupBy(lists.instances, ({ nodeName }) => nodeName);
  const addresses = groupBy(lists.addresses ?? [], ({ hostnameLabel }) => hostnameLabel);
  const names = [...new Set([...records.keys(), ...instances.keys()])];
  return names
    .filter((name) => !others.has(name))
    .map((name) => {
      const own = {
        name,
        slurm: records.get(name),
        instances: instances.get(name) ?? [],
        claim: lists.claims.get(name) ?? ("unclaimed" as const),
        addresses:
          lists.addresses === undefined
            ? undefined
            : (addresses.get(name) ?? []).map(({ ipAddress }) => ipAddress),
      };
      const note = noteOf(own, lists.notes?.get(name));
      return { ...lookAtNode(own, memory, lists.nowMs), ...(note !== undefined && { note }) };
    });
}

function noteOf({ instances }: Seen, note: BootNote | undefined): string | undefined {
  const isOwn = instances.some((it) => isLiving(it) && it.instanceOcid === note?.instanceOcid);
  return isOwn ? note?.words : undefined;
}

type Seen = Pick<NodeSight, "name" | "slurm" | "instances" | "claim" | "addresses">;

function lookAtNode(own: Seen, memory: Recollection, nowMs: number): NodeSight {
  const slurmState = slurmStateOf(own.slurm);
  const waking = wakingOf(memory, own, slurmState, nowMs);
  const instanceState = instanceStateOf(own.instances, {
    beganMs: waking?.notBeforeMs,
    isCountedOn: isCountedOn(slurmState),
    hasAddress: own.addresses === undefined ? undefined : own.addresses.length > 0,
  });
  const before = memory.nodes[own.name];
  const isSameSlurm = before?.slurmState === slurmState;
  const isSame = isSameSlurm && before.instanceState === instanceState;
  return {
    ...own,
    slurmState,
    instanceState,
    sinceMs: isSame ? before.sinceMs : nowMs,
    slurmSinceMs: isSameSlurm ? before.slurmSinceMs : nowMs,
    waking,
  };
}

/**
 * False when the list of instances came back short: it has nothing of a node that Slurm hears, or nothing at all while
 * Slurm counts on machines.
 */
export function isInstanceListWhole(nodes: readonly NodeSight[]): boolean {
  const isEmpty = nodes.every(({ instances }) => instances.length === 0);
  return !nodes.some(
    ({ slurmState, instances }) =>
      instances.length === 0 &&
      (slurmState === "idle" || slurmState === "busy" || (isEmpty && isCountedOn(slurmState))),
  );
}

/** What the next pass has to know of these nodes. */
export function remember(nodes: readonly NodeSight[], nowMs: number): Recollection {
  const kept = nodes.map((node) => {
    const { name, slurmState, instanceState, sinceMs, slurmSinceMs, waking } = node;
    const remembered: RememberedNode = {
      slurmState,
      instanceState,
      sinceMs,
      slurmSinceMs,
      ...(waking !== undefined && { waking }),
    };
    return [name, remembered] as const;
  });
  return { passMs: nowMs, nodes: Object.fromEntries(kept) };
}

function wakingOf(
  { passMs, nodes }: Recollection,
  { name, instances }: Seen,
  slurmState: SlurmState,
  nowMs: number,
): Waking | undefined {
  if (!WAKING.has(slurmState)) return undefined;
  const isContinuous = nowMs - passMs <= GAP_MS_MAX;
  const before = isContinuous ? nodes[name]?.waking : undefined;
  const living = instances.filter(isLiving).map(({ timeCreatedMs }) => timeCreatedMs);
  const notBeforeMs = Math.min(
    before?.notBeforeMs ?? (isContinuous ? passMs : nowMs),
    // What lives while the node wakes is this life's.
    ...living,
  );
  const isSeen = instances.some(({ timeCreatedMs }) => timeCreatedMs >= notBeforeMs);
  return {
    notBeforeMs,
    sinceMs: before?.sinceMs ?? nowMs,
    isLaunched: isSeen || before?.isLaunched === true,
  };
}

const WAKING: ReadonlySet<SlurmState> = new Set(["waking", "waking-down", "waking-down-admin"]);
