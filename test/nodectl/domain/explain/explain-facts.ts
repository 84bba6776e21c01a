import type { ClusterFacts, JobRecord, Machine } from "../../../../nodectl/domain/explain/facts.ts";
import { parseLog } from "../../../../nodectl/domain/explain/log-entries.ts";
import { expandedNames } from "../../../../nodectl/domain/group-names.ts";
import type { NodeGroup } from "../../../../nodectl/domain/launch-specification.ts";
import { pauseSentence, type Pause } from "../../../../nodectl/domain/pause.ts";
import type { SlurmRecord } from "../../../../nodectl/domain/reconcile/slurm-state.ts";

/** Noon, so that no time zone makes it another day within the minutes of a test. */
export const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
export const MINUTE_MS = 60_000;

export const IMAGE = "ocid1.image.oc1.phx.aaaaaaaasabcd123";
export const SHAPE = "VM.Standard.E4.Flex.1.8";

/** Nodes of E4 in one availability domain, 2 processors and 7434 MiB each. */
export function group(names: string, change: Partial<NodeGroup> = {}): NodeGroup {
  return {
    names,
    specification: {
      shape: "VM.Standard.E4.Flex",
      shapeConfig: { ocpus: 1, memoryGib: 8 },
      availabilityDomains: ["Uocm:PHX-AD-1"],
    },
    slurm: {
      options: { CPUs: "2", RealMemory: "7434", Features: "shape=E4,ad=1" },
      partitions: ["compute"],
    },
    ...change,
  };
}

/** A job that waits, submitted without any wish. */
export function job(change: Partial<JobRecord> = {}): JobRecord {
  return {
    jobId: 12,
    id: "12",
    user: "alice",
    state: "PENDING",
    reason: "Resources",
    priority: 100,
    nodeCount: 1,
    cpusPerNodeMin: 1,
    memory: "0",
    timeLimit: "10:00",
    partitions: ["compute"],
    features: "",
    gres: "",
    dependency: "",
    requestedNodes: [],
    nodeNames: [],
    plannedNodes: [],
    eligibleMs: NOW_MS - MINUTE_MS,
    startMs: undefined,
    endMs: undefined,
    restarts: 0,
    exitStatus: 0,
    adminComment: "",
    ...change,
  };
}

/** `IDLE+CLOUD+POWERED_DOWN` and the like; the reason is Slurm's own user's unless another is named. */
export function node(name: string, state: string, reason = "", reasonUser = "slurm"): SlurmRecord {
  const [base = "", ...flags] = state.split("+");
  return {
    name,
    base,
    flags: new Set(["CLOUD", ...flags]),
    address: name,
    reason,
    reasonUser: reason === "" ? "" : reasonUser,
  };
}

export function machine(
  nodeName: string,
  lifecycleState: string,
  timeCreatedMs = NOW_MS - MINUTE_MS,
): Machine {
  return {
    instanceOcid: `ocid1.instance.${nodeName}`,
    nodeName,
    lifecycleState,
    shape: "VM.Standard.E4.Flex",
    shapeConfig: { ocpus: 1, memoryGib: 8 },
    availabilityDomain: "Uocm:PHX-AD-1",
    timeCreatedMs,
  };
}

interface FactsChange extends Omit<Partial<ClusterFacts>, "nodes" | "machines" | "log"> {
  /** Those of the groups that are not here are off. */
  readonly nodes?: readonly SlurmRecord[];
  readonly machines?: readonly Machine[];
  /** Lines of the log, without their time. */
  readonly log?: readonly object[];
}

/** A cluster of the nodes a-[1-3], all of them off, that OCI has not been asked about. */
export function facts(change: FactsChange = {}): ClusterFacts {
  const { nodes = [], machines, log = [], ...rest } = change;
  const groups = change.groups ?? [group("a-[1-3]")];
  const off = groups.flatMap(expandedNames).map((name) => node(name, "IDLE+POWERED_DOWN"));
  const time = new Date(NOW_MS - 30_000).toISOString();
  return {
    nowMs: NOW_MS,
    jobs: [],
    decisions: undefined,
    partitions: [],
    capacity: [],
    capacityFile: "/run/citc/slurm/capacity.jsonl",
    userDataFile: "/home/slurm/bootstrap.sh",
    imageOcid: IMAGE,
    pause: undefined,
    expectations: { bootMs: 5 * MINUTE_MS, resumeTimeoutMs: 15 * MINUTE_MS },
    unseen: [],
    ...rest,
    groups,
    nodes: new Map([...off, ...nodes].map((record) => [record.name, record])),
    machines:
      machines === undefined
        ? undefined
        : new Map(
            machines.map(({ nodeName }) => [
              nodeName,
              machines.filter((other) => other.nodeName === nodeName),
            ]),
          ),
    log: parseLog(
      log.map((line) =>
        JSON.stringify({ time, level: "info", program: "startnode", pid: 1, ...line }),
      ),
    ),
  };
}

/** The file of capacities after a stock-out or a limit, all fault domains included. */
export function closed(
  kind: "capacity" | "limit",
  message: string,
  { untilMs = NOW_MS + 4 * MINUTE_MS, shape = SHAPE, domain = "Uocm:PHX-AD-1" } = {},
): ClusterFacts["capacity"] {
  const keys =
    kind === "limit"
      ? [`limit ${shape} ${domain} on-demand`]
      : ["any", "FAULT-DOMAIN-1", "FAULT-DOMAIN-2", "FAULT-DOMAIN-3"].map(
          (faultDomain) => `${shape} ${domain} ${faultDomain} on-demand`,
        );
  return keys.map((key) => ({ key, kind, untilMs, message }));
}

const PAUSE: Pause = { who: "ann", sinceMs: NOW_MS - MINUTE_MS, reason: "the region is ill" };

/** Launching is paused. */
export const paused = { pause: PAUSE };
export const PAUSE_WORDS = pauseSentence(PAUSE);

export const LAST_WORDS =
  "the last 3 boots of image …sabcd123 failed: mount.nfs: Connection timed out";

/** The same of boots that no image mends. */
export const NO_REF_WORDS =
  "the last 3 boots of image …sabcd123 failed, not configured: no ansible/compute.yml of v9 from http://me/citc.git: Failed to checkout v9";

/** The file of capacities after boots of the image that failed, the last of them on a-3. */
export function bootsFail(image = IMAGE, message = LAST_WORDS): ClusterFacts["capacity"] {
  const key = `boot ${image} ${SHAPE}`;
  const untilMs = NOW_MS + 14 * MINUTE_MS;
  return [{ key, kind: "boot", untilMs, message, node: "a-3" }];
}

/** Everything that a reader sees, in one text without line breaks. */
export function textOf(explanation: {
  readonly headline: string;
  readonly why: readonly string[];
  readonly nodes: readonly { readonly nodes: string; readonly notes: readonly string[] }[];
  readonly next: readonly string[];
  readonly advice: readonly { readonly text: string; readonly command?: string }[];
}): string {
  const { headline, why, nodes, next, advice } = explanation;
  return [
    headline,
    ...why,
    ...nodes.flatMap((note) => [note.nodes, ...note.notes]),
    ...next,
    ...advice.flatMap(({ text, command = "" }) => [text, command]),
  ].join("\n");
}
