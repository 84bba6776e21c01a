import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { OciCallError } from "../oci/oci-errors.ts";
import type { AddressBook, Instance, InstanceControl, PrivateAddress } from "../oci/provider.ts";
import type { NodeAddress, SlurmControl } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";
import { isPresent } from "./launch-once.ts";
import { sleepUntilDeadline } from "./sleep-until-deadline.ts";

export interface AddressContext {
  readonly addresses: AddressBook;
  readonly instances: InstanceControl;
  readonly slurm: SlurmControl;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A node whose instance was accepted. */
export interface AwaitedNode {
  readonly nodeName: string;
  readonly instance: Instance;
}

export interface AddressReport {
  readonly reported: readonly NodeAddress[];
  /** The instance died before it had an address: an accepted launch may still fail. */
  readonly died: readonly AwaitedNode[];
  /** The deadline came first. slurmd's registration will bring the address. */
  readonly unresolved: readonly AwaitedNode[];
}

const POLL_DELAY_MS_MIN = 500;
const POLL_DELAY_MS_MAX = 5_000;
/** From this poll on the instances are looked at too: an address should be there within seconds. */
const POLLS_BEFORE_LOOKING = 3;
/** OCI's time stamps of VNIC and instance may come from two clocks. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * Finds the private addresses of all nodes with one paged list per poll (hostnameLabel = node name) and reports each
 * batch to Slurm as it comes. NodeAddr must not wait for the registration: slurmctld freezes for 10 s on a reconfigure
 * while a waking node has none (seen on 24.11.5).
 */
export async function reportAddresses(
  context: AddressContext,
  nodes: readonly AwaitedNode[],
): Promise<AddressReport> {
  let waiting = new Map(nodes.map((node) => [node.nodeName, node]));
  const reported: NodeAddress[] = [];
  const died: AwaitedNode[] = [];
  let delayMs = POLL_DELAY_MS_MIN;
  for (let poll = 1; waiting.size > 0; poll++) {
    const listed = await listOrWarn(context);
    if (listed === undefined) break;
    const found = matchAddresses(waiting, listed);
    await reportBatch(context, found);
    reported.push(...found);
    for (const { nodeName } of found) waiting.delete(nodeName);
    if (waiting.size > 0 && poll >= POLLS_BEFORE_LOOKING) {
      const dead = await findDead(context, waiting);
      died.push(...dead);
      waiting = new Map([...waiting].filter(([, node]) => !dead.includes(node)));
    }
    if (waiting.size === 0 || !(await sleepUntilDeadline(context, delayMs))) break;
    delayMs = Math.min(delayMs * 2, POLL_DELAY_MS_MAX);
  }
  return { reported, died, unresolved: [...waiting.values()] };
}

/** Only an address made with or after the instance counts: the label may have belonged to an earlier one. */
function matchAddresses(
  waiting: ReadonlyMap<string, AwaitedNode>,
  addresses: readonly PrivateAddress[],
): NodeAddress[] {
  return addresses.flatMap(({ hostnameLabel, ipAddress, timeCreatedMs }) => {
    const node = waiting.get(hostnameLabel);
    if (node === undefined) return [];
    const isOld = timeCreatedMs < node.instance.timeCreatedMs - CLOCK_TOLERANCE_MS;
    return isOld ? [] : [{ nodeName: node.nodeName, ipAddress }];
  });
}

/** The launches stand: without addresses from OCI the nodes' own registrations have to bring them. */
async function listOrWarn({
  addresses,
  log,
}: AddressContext): Promise<readonly PrivateAddress[] | undefined> {
  try {
    return await addresses.listPrivateAddresses();
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    log.error("could not list addresses", { reason: error.message });
    return undefined;
  }
}

async function reportBatch({ slurm, log }: AddressContext, found: NodeAddress[]): Promise<void> {
  if (found.length === 0) return;
  try {
    await slurm.reportAddresses(found);
  } catch (error) {
    // The others are done, or the nodes' own registrations will bring what Slurm did not take now.
    if (!isSlurmError(error)) throw error;
    log.error("could not report addresses", { reason: error.message });
    return;
  }
  for (const { nodeName, ipAddress } of found)
    log.info("reported address", { node: nodeName, ipAddress });
}

async function findDead(
  { instances, log }: AddressContext,
  waiting: ReadonlyMap<string, AwaitedNode>,
): Promise<AwaitedNode[]> {
  const listed = await instances.listInstances().catch((error: unknown) => {
    if (!(error instanceof OciCallError)) throw error;
    log.error("could not list instances", { reason: error.message });
    return [];
  });
  const gone = new Set(
    listed.filter((instance) => !isPresent(instance)).map(({ instanceOcid }) => instanceOcid),
  );
  return [...waiting.values()].filter(({ instance }) => gone.has(instance.instanceOcid));
}
