import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import type { ListedInstance } from "../sandbox/sandbox.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { nodeName, type ClusterFixture } from "./cluster-fixture.ts";
import { Reconciler } from "./reconciler.ts";
import { isUp } from "./slurm-words.ts";

/** What is not the cluster's, with its state: another cluster's nodes, management nodes, strangers. */
export async function foreignTo({ id, sandbox }: Cluster): Promise<readonly string[]> {
  return (await sandbox.instances())
    .filter(({ freeformTags: { cluster, type } }) => cluster !== id || type !== "compute")
    .map(({ instanceOcid, lifecycleState }) => `${instanceOcid} ${lifecycleState}`);
}

/** The name on an instance that no node claims. */
export const ORPHAN = "nobody-knows-0001";
export const LAST_WORDS = "mount.nfs: Connection timed out for fss:/shared on /mnt/shared";
/** What a person wrote. */
export const PERSON = "to look at its disk";
const PAST = "startnode: no room [next try 2026-11-25T00:00:00+00:00]";
export const FUTURE = "startnode: no room [next try 2099-01-01T00:00:00+00:00]";

/** One node for each way to drift. */
export const NODE = {
  terminated: nodeName(1),
  stopped: nodeName(2),
  preempted: nodeName(3),
  inspected: nodeName(4),
  inspectedLost: nodeName(5),
  hanging: nodeName(6),
  failing: nodeName(7),
  small: nodeName(8),
  twice: nodeName(9),
  alive: nodeName(10),
  downByPerson: nodeName(11),
  downBySlurm: nodeName(12),
  due: nodeName(13),
  later: nodeName(14),
} as const;

/** These have a job each before anything is broken, so that their instances run. */
const BUSY = [
  NODE.terminated,
  NODE.stopped,
  NODE.preempted,
  NODE.inspectedLost,
  NODE.twice,
] as const;

/** A cluster in which everything goes wrong that can, beside another cluster and strangers. */
export class Drift {
  readonly cluster: Cluster;
  readonly other: Cluster;
  readonly fixture: ClusterFixture;
  readonly reconciler: Reconciler;
  readonly jobs = new Map<string, string>();

  constructor(fixture: ClusterFixture) {
    const [cluster, other] = fixture.clusters;
    if (cluster === undefined || other === undefined) throw new Error("two clusters are needed");
    this.fixture = fixture;
    this.cluster = cluster;
    this.other = other;
    this.reconciler = new Reconciler(cluster);
  }

  /** Nodes with jobs, and nodes that are up without. */
  async wake(): Promise<void> {
    const { cluster, fixture } = this;
    await cluster.configure({ boot_limit_seconds: 30, orphan_grace_seconds: 60 });
    await fixture.sandbox.checkSizes();
    await fixture.sandbox.setFate(NODE.hanging, { kind: "hangs", console: LAST_WORDS });
    await fixture.sandbox.setFate(NODE.small, { kind: "small", cpus: 1 });
    for (const name of BUSY) await this.submitOn(name);
    await cluster.update(NODE.inspected, "state=power_up");
    await this.other.update(NODE.terminated, "state=power_up");
    await cluster.awaitNodes("up", 60, isUp, [...BUSY, NODE.inspected]);
    await this.other.awaitNodes("up", 60, isUp, [NODE.terminated]);
    for (const name of BUSY) await cluster.awaitJob(this.jobOn(name), "RUNNING");
  }

  async submitOn(name: string): Promise<void> {
    const words = [`--nodelist=${name}`, "--wrap", "sleep 600"];
    this.jobs.set(name, await this.cluster.submit(words));
  }

  jobOn(name: string): string {
    const jobId = this.jobs.get(name);
    if (jobId === undefined) throw new Error(`no job was submitted on ${name}`);
    return jobId;
  }

  async instanceOf(name: string): Promise<ListedInstance> {
    const found = (await this.cluster.living()).find(({ displayName }) => displayName === name);
    if (found === undefined) throw new Error(`${name} has no living instance`);
    return found;
  }

  async livingOf(name: string): Promise<number> {
    return (await this.cluster.living()).filter(({ displayName }) => displayName === name).length;
  }

  /** An instance that nobody launched, with this cluster's tags and a node's name. */
  async launchByHand(name: string): Promise<string> {
    const freeformTags = { cluster: this.cluster.id, type: "compute", node: name };
    const byHand = { displayName: name, freeformTags, boots: false };
    return (await this.fixture.sandbox.launchByHand(byHand)).instanceOcid;
  }

  /** startnode watches what it launches for two minutes; it is gone when these fail. */
  async wakeWithoutStartnode(): Promise<void> {
    const { sandbox } = this.fixture;
    for (const name of [NODE.hanging, NODE.failing, NODE.small]) await this.submitOn(name);
    for (const name of [NODE.hanging, NODE.failing, NODE.small]) await this.awaitAddress(name);
    await awaitState({
      what: "no startnode runs",
      timeoutSeconds: 10,
      observe: () => sandbox.kill("mgmt", "startnode.cjs"),
      isReached: (isKilled) => !isKilled,
    });
    await sandbox.act((await this.instanceOf(NODE.failing)).instanceOcid, "terminate");
  }

  private async awaitAddress(name: string): Promise<void> {
    const hasAddress = (node: SlurmNode): boolean => node.address !== name;
    await this.cluster.awaitNodes("an instance was launched", 30, hasAddress, [name]);
  }

  /** All at once: instances that end, machines that fall silent, instances of nobody, nodes that are DOWN. */
  async breakAll(): Promise<void> {
    const { cluster } = this;
    const { sandbox } = this.fixture;
    await cluster.update(
      `${NODE.inspected},${NODE.inspectedLost}`,
      "state=drain",
      `reason=${PERSON}`,
    );
    await this.wakeWithoutStartnode();
    const [terminated, stopped, preempted, inspectedLost] = await Promise.all(
      [NODE.terminated, NODE.stopped, NODE.preempted, NODE.inspectedLost].map(
        async (name) => (await this.instanceOf(name)).instanceOcid,
      ),
    );
    await sandbox.act(terminated ?? "", "terminate");
    await sandbox.act(stopped ?? "", "stop");
    await sandbox.act(preempted ?? "", "preempt");
    await sandbox.act(inspectedLost ?? "", "terminate");
    for (const name of [ORPHAN, NODE.twice, NODE.alive]) await this.launchByHand(name);
    await cluster.update(NODE.downByPerson, "state=down", `reason=${PERSON}`);
    await cluster.update(NODE.due, "state=down", `reason=${PAST}`);
    await cluster.update(NODE.later, "state=down", `reason=${FUTURE}`);
    const bySlurm = ["setpriv", "--reuid=slurm", "--regid=slurm", "--init-groups", "scontrol"];
    const down = ["update", `nodename=${NODE.downBySlurm}`, "state=down"];
    await cluster.output([...bySlurm, ...down, "reason=ResumeTimeout reached"]);
  }
}
