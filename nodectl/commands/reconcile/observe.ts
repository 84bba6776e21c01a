import { lookAtNodes, isInstanceListWhole } from "../../domain/reconcile/look.ts";
import type { ReconcileMemory } from "../../domain/reconcile/memory.ts";
import { decide, type Decision } from "../../domain/reconcile/decide.ts";
import type { BootNote, Claim, NodeSight, ReconcileLimits } from "../../domain/reconcile/sight.ts";
import { OciCallError } from "../../oci/oci-errors.ts";
import type {
  AddressBook,
  Instance,
  InstanceAddresses,
  InstanceControl,
} from "../../oci/provider.ts";
import type { SlurmControl, SlurmNode } from "../../slurm/control.ts";
import { isSystemError } from "../../files/system-error.ts";
import { isSlurmError } from "../../slurm/slurm-command-error.ts";
import { groupBy } from "../../domain/group-by.ts";
import { slurmStateOf } from "../../domain/reconcile/slurm-state.ts";
import { isLiving } from "../../domain/reconcile/instance-state.ts";

/** Where machines that could not be configured say so. Throws the system's error. */
export interface Notes {
  read(nodeNames: readonly string[]): Promise<ReadonlyMap<string, BootNote>>;
}

export interface ObserveContext {
  readonly instances: Pick<InstanceControl, "listInstances">;
  readonly addressBook: AddressBook;
  readonly instanceAddresses: InstanceAddresses;
  readonly slurm: Pick<SlurmControl, "listNodes">;
  /** The names of nodes.json. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly notes: Notes;
  readonly limits: ReconcileLimits;
  readonly clock: { now(): number };
}

export type Observation =
  | {
      readonly kind: "seen";
      readonly nodes: readonly NodeSight[];
      readonly slurmNodes: readonly SlurmNode[];
      readonly instances: readonly Instance[];
      readonly decisions: readonly Decision[];
      /** What is wrong with the lists, for people. */
      readonly doubts: readonly string[];
      readonly nowMs: number;
    }
  /** One side could not be seen: nothing can be concluded from the other alone. */
  | { readonly kind: "blind"; readonly reason: string };

/** Looks at both sides once, in the order of pages of calls, and decides. Changes nothing. */
export async function observe(
  context: ObserveContext,
  memory: ReconcileMemory,
): Promise<Observation> {
  // OCI first: a node that Slurm wakes meanwhile must not be without an instance that was launched meanwhile.
  let instances: readonly Instance[];
  let slurmNodes: readonly SlurmNode[];
  try {
    instances = await withAddresses(context, await context.instances.listInstances());
    slurmNodes = await context.slurm.listNodes();
  } catch (error) {
    if (error instanceof OciCallError) return { kind: "blind", reason: `OCI: ${error.message}` };
    if (isSlurmError(error)) return { kind: "blind", reason: `Slurm: ${error.message}` };
    throw error;
  }
  if (slurmNodes.length === 0) {
    return { kind: "blind", reason: "Slurm: its list of nodes is empty; run finish first" };
  }
  const { claims, limits } = context;
  const listed = await listAddresses(context);
  const nowMs = context.clock.now();
  const noted = await readNotes(context, slurmNodes);
  const lists = { slurmNodes, instances, addresses: listed.addresses, claims, ...noted, nowMs };
  const nodes = lookAtNodes(lists, memory);
  const isWhole = isInstanceListWhole(nodes);
  const around = { nowMs, limits, isInstanceListWhole: isWhole };
  const doubts = [
    ...listed.doubts,
    ...noted.doubts,
    ...(isWhole
      ? []
      : ["OCI's list lacks instances of nodes that Slurm hears: it came back short"]),
  ];
  const decisions = nodes.map((node) => decide(node, around));
  return { kind: "seen", nodes, slurmNodes, instances, decisions, doubts, nowMs };
}

/** The address of each of several living namesakes: a call or two for each, and there should be none. */
async function withAddresses(
  { instanceAddresses }: ObserveContext,
  instances: readonly Instance[],
): Promise<readonly Instance[]> {
  const living = groupBy(instances.filter(isLiving), ({ nodeName }) => nodeName);
  const namesakes = [...living.values()].filter(({ length }) => length > 1).flat();
  const addresses = new Map<string, string>();
  for (const { instanceOcid } of namesakes.slice(0, NAMESAKES_MAX)) {
    const ipAddress = await instanceAddresses.addressOf(instanceOcid);
    if (ipAddress !== undefined) addresses.set(instanceOcid, ipAddress);
  }
  return instances.map((instance) => {
    const ipAddress = addresses.get(instance.instanceOcid);
    return ipAddress === undefined ? instance : { ...instance, ipAddress };
  });
}

/** In one pass. More of them are reported, and have their turn when these are gone. */
const NAMESAKES_MAX = 50;

interface Listed {
  readonly addresses: Awaited<ReturnType<AddressBook["listPrivateAddresses"]>> | undefined;
  readonly doubts: readonly string[];
}

/** Without addresses everything but addresses can be decided. */
async function listAddresses({ addressBook }: ObserveContext): Promise<Listed> {
  try {
    return { addresses: await addressBook.listPrivateAddresses(), doubts: [] };
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    return { addresses: undefined, doubts: [`OCI: ${error.message}`] };
  }
}

/** Only nodes that wake have any use for them. */
async function readNotes(
  { notes }: ObserveContext,
  slurmNodes: readonly SlurmNode[],
): Promise<{ readonly notes?: ReadonlyMap<string, BootNote>; readonly doubts: readonly string[] }> {
  const waking = slurmNodes.filter((node) => slurmStateOf(node) === "waking");
  try {
    return { notes: await notes.read(waking.map(({ name }) => name)), doubts: [] };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { doubts: [`the notes of machines that failed cannot be read: ${error.message}`] };
  }
}
