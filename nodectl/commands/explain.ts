import type { CapacityEntry } from "../domain/capacity-entry.ts";
import { RESUME_TIMEOUT_SECONDS } from "../domain/boot-limit.ts";
import { explainJob } from "../domain/explain/explain-job.ts";
import { explainNode } from "../domain/explain/explain-node.ts";
import { explanation, type Explanation } from "../domain/explain/explanation.ts";
import type { ClusterFacts, Expectations, JobRecord, Machine } from "../domain/explain/facts.ts";
import { parseLog } from "../domain/explain/log-entries.ts";
import type { Subject } from "../domain/explain/subject.ts";
import { groupBy } from "../domain/group-by.ts";
import type { NodeGroup, SlurmPartition } from "../domain/launch-specification.ts";
import type { Pause } from "../domain/pause.ts";
import type { Decision } from "../domain/reconcile/decide.ts";
import type { JobInquiry, SlurmControl } from "../slurm/control.ts";
import { isSlurmError, SlurmCommandError } from "../slurm/slurm-command-error.ts";
import type { Observation } from "./reconcile/observe.ts";

/** Something that may not be readable for whoever asks: the rest is told all the same. */
export type Readable<Value> =
  | { readonly kind: "read"; readonly value: Value }
  /** One sentence without its full stop. */
  | { readonly kind: "unread"; readonly reason: string };

export interface ExplainContext {
  readonly slurm: Pick<SlurmControl, "listNodes"> & JobInquiry;
  /**
   * Both sides at once, and what reconcile makes of them; only called where a machine may be on its way. Absent: OCI may
   * not be asked.
   */
  readonly observe?: () => Promise<Readable<Extract<Observation, { kind: "seen" }>>>;
  /** nodes.json. */
  readPlan(): Promise<
    Readable<{
      readonly groups: readonly NodeGroup[];
      readonly partitions: readonly SlurmPartition[];
      readonly resumeTimeoutSeconds: number;
    }>
  >;
  readCapacity(): Promise<Readable<readonly CapacityEntry[]>>;
  readonly capacityFile: string;
  readonly userDataFile: string;
  /** Image of the nodes whose limits name none; absent: not known. */
  readonly imageOcid?: string;
  /** The pause that is in force. */
  readPause(): Promise<Pause | undefined>;
  /** The newest lines of the log, oldest first. */
  readLog(): Promise<Readable<readonly string[]>>;
  readonly bootMs: number;
  readonly clock: { now(): number };
  /** What is known not to be seen from the start. */
  readonly unseen: readonly string[];
}

export interface Explained {
  readonly explanation: Explanation;
  /** The job, or its tasks; of a node none. */
  readonly jobs: readonly JobRecord[];
  /** What could not be seen, and why: one sentence each. */
  readonly unseen: readonly string[];
}

type Asked = Exclude<Subject, { kind: "refused" }>;

/** Gathers what is known and explains it. Changes nothing. Slurm that does not answer is an explanation too. */
export async function explain(context: ExplainContext, subject: Asked): Promise<Explained> {
  try {
    return await explainWithSlurm(context, subject);
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    const said = error instanceof SlurmCommandError ? error.detail : error.message;
    return { explanation: explainAway(said), jobs: [], unseen: context.unseen };
  }
}

async function explainWithSlurm(context: ExplainContext, subject: Asked): Promise<Explained> {
  const { slurm } = context;
  const records = subject.kind === "job" ? await slurm.findJobs(subject.id) : [];
  const isMachineOnItsWay =
    subject.kind === "node" || records.some(({ state }) => state === "CONFIGURING");
  const facts = await gather(context, isMachineOnItsWay);
  switch (subject.kind) {
    case "job":
      return {
        explanation: explainJob(subject.id, records, facts),
        jobs: records,
        unseen: facts.unseen,
      };
    case "node":
      return { explanation: explainNode(subject.name, facts), jobs: [], unseen: facts.unseen };
  }
}

async function gather(context: ExplainContext, isCloudWanted: boolean): Promise<ClusterFacts> {
  const { slurm, clock, bootMs } = context;
  const cloud = isCloudWanted ? await context.observe?.() : undefined;
  const nodes = cloud?.kind === "read" ? cloud.value.slurmNodes : await slurm.listNodes();
  // After the nodes: what the log says of a node must not be older than its state.
  const [plan, capacity, log] = await Promise.all([
    context.readPlan(),
    context.readCapacity(),
    context.readLog(),
  ]);
  const sources = [plan, capacity, log, ...(cloud === undefined ? [] : [cloud])];
  const unread = sources.flatMap((it) => (it.kind === "unread" ? [`${it.reason}.`] : []));
  const doubts = cloud?.kind === "read" ? cloud.value.doubts.map((doubt) => `${doubt}.`) : [];
  return {
    nowMs: clock.now(),
    nodes: new Map(nodes.map((node) => [node.name, node])),
    jobs: await slurm.activeJobs(),
    ...cloudFacts(cloud),
    groups: plan.kind === "read" ? plan.value.groups : [],
    partitions: plan.kind === "read" ? plan.value.partitions : [],
    capacity: capacity.kind === "read" ? capacity.value : [],
    capacityFile: context.capacityFile,
    userDataFile: context.userDataFile,
    imageOcid: context.imageOcid,
    pause: await context.readPause(),
    log: log.kind === "read" ? parseLog(log.value) : [],
    expectations: expectationsOf(plan, bootMs),
    unseen: [...context.unseen, ...unread, ...doubts],
  };
}

function expectationsOf(
  plan: Awaited<ReturnType<ExplainContext["readPlan"]>>,
  bootMs: number,
): Expectations {
  const seconds = plan.kind === "read" ? plan.value.resumeTimeoutSeconds : RESUME_TIMEOUT_SECONDS;
  return { bootMs, resumeTimeoutMs: seconds * 1000 };
}

type Observed = Awaited<ReturnType<NonNullable<ExplainContext["observe"]>>>;

function cloudFacts(cloud: Observed | undefined): Pick<ClusterFacts, "decisions" | "machines"> {
  if (cloud?.kind !== "read") return { decisions: undefined, machines: undefined };
  const { decisions, instances } = cloud.value;
  const byName = decisions.map((decision): [string, Decision] => [decision.node.name, decision]);
  const machines: ReadonlyMap<string, readonly Machine[]> = groupBy(
    instances,
    ({ nodeName }) => nodeName,
  );
  return { decisions: new Map(byName), machines };
}

function explainAway(message: string): Explanation {
  return explanation({
    cause: "slurmctld-away",
    headline:
      "Slurm's controller (slurmctld) does not answer: nothing can be said of jobs and nodes.",
    why: [
      `Slurm's own commands say: ${message}.`,
      "Jobs that run go on running; what was submitted is kept and goes on when slurmctld is back.",
    ],
    next: ["While finish reconfigures Slurm it is away for some seconds."],
    advice: [
      {
        text: "Ask again in a minute. Does it still not answer, an admin looks at it:",
        command: "systemctl status slurmctld",
      },
      {
        text: "and at its log's last lines:",
        command: "sudo tail -n 50 /var/log/slurm/slurmctld.log",
      },
      {
        text: "A munge that does not run, or a clock that is wrong, looks the same:",
        command: "munge -n | unmunge",
      },
    ],
  });
}
