import { pauseSentence } from "../pause.ts";
import { retryTimeOf, STARTNODE_PREFIX } from "../failed-node.ts";
import { expandedNames } from "../group-names.ts";
import { groupBy } from "../group-by.ts";
import { compressHostlist } from "../hostlist.ts";
import type { NodeGroup } from "../launch-specification.ts";
import {
  groupOutlook,
  isAnyOpen,
  placeWords,
  refusalWords,
  type PlaceOutlook,
} from "./capacity-outlook.ts";
import { explanation, type Explanation, type NodeNote } from "./explanation.ts";
import { failureKindOf } from "./failure-kind.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { sortCandidates, wasToldOfFailure } from "./job-cause.ts";
import { jobWords } from "./job-words.ts";
import { limitNamesIn } from "./limit-name.ts";
import { lastRefusal, refusalId, refusalLine } from "./log-entries.ts";
import { adviceWithoutMachine, type RefusalKind } from "./no-machine-advice.ts";
import { phaseOf } from "./node-phase.ts";
import { timeWords } from "./time-words.ts";
import { counted, nodesWords, withoutStop } from "./words.ts";

/** A job that lost a node because OCI gave no machine for it, or whose nodes are all waiting for their next try. */
export function explainNoMachine(job: JobRecord, facts: ClusterFacts): Explanation {
  const candidates = sortCandidates(job, facts);
  const failed = candidates?.failed ?? failedNodesOf(facts);
  const promised = promisedNodes(job, facts);
  const lost = [...failed, ...promised];
  const groups = groupsOf(lost.length > 0 ? lost : (candidates?.free ?? []), facts);
  const places = distinctPlaces(groups, facts);
  const kind = kindOf(places, failed, facts);
  const refusal = lastRefusal(facts.log, new Set(groups.flatMap(expandedNames)));
  const usable = candidates?.inService ?? [];
  const isSaid = places.some((place) => place.refusal !== undefined);
  return explanation({
    cause: CAUSES[kind],
    headline: headlineOf(job, kind, { places, facts }),
    why: [
      ...promisedWords(job, promised, failed),
      ...refusalWords(places, facts.nowMs),
      ...(refusal === undefined || kind === "paused" || kind === "boot"
        ? []
        : [isSaid ? refusalId(refusal, facts.nowMs) : refusalLine(refusal, facts.nowMs)]),
      ...(isSaid || kind === "paused" ? [] : failureWords(job, [...failed, ...promised], facts)),
    ],
    nodes: failureNotes(failed, facts),
    next: [
      ...eligibleWords(job, facts),
      ...(kind === "paused" && facts.pause !== undefined
        ? [PAUSE_NEXT]
        : nextOf(job, failed, { facts, usable, kind })),
    ],
    advice: adviceWithoutMachine(job, facts, { kind, failed, groups, usable }),
  });
}

const CAUSES = {
  paused: "launching-paused",
  boot: "boots-fail",
  capacity: "out-of-capacity",
  limit: "service-limit",
  refused: "launch-refused",
} as const;

const PAUSE_NEXT =
  "When the pause ends, the nodes that are DOWN because of it are back in service at once, and Slurm has them started for whoever is first in the queue. Nodes that are up take jobs meanwhile.";

/**
 * What a person has to do something about comes first. By what the file of capacities says; without it by startnode's words
 * and OCI's codes, which stand in the reason.
 */
function kindOf(
  places: readonly PlaceOutlook[],
  failed: readonly string[],
  facts: ClusterFacts,
): RefusalKind {
  const refusals = places.flatMap(({ refusal }) => refusal ?? []);
  const reasons = failed.map((name) => facts.nodes.get(name)?.reason ?? "");
  const failures = new Set(reasons.map(failureKindOf));
  if (facts.pause !== undefined) return "paused";
  if (refusals.some(({ kind }) => kind === "boot") || failures.has("boots-fail")) return "boot";
  if (refusals.length > 0)
    return refusals.some(({ kind }) => kind === "capacity") ? "capacity" : "limit";
  if (failures.has("paused")) return "paused";
  if (reasons.some((reason) => /LimitExceeded|QuotaExceeded/.test(reason))) return "limit";
  return reasons.some((reason) => /OutOf(Host)?Capacity|Out of host capacity/.test(reason))
    ? "capacity"
    : "refused";
}

function headlineOf(
  job: JobRecord,
  kind: RefusalKind,
  { places, facts }: { readonly places: readonly PlaceOutlook[]; readonly facts: ClusterFacts },
): string {
  const refused = places.filter(
    ({ refusal }) => refusal !== undefined && (kind !== "boot" || refusal.kind === "boot"),
  );
  const what = [...new Set(refused.map(({ shape }) => shape))].join(", ");
  const where = [...new Set(refused.map(({ availabilityDomain }) => availabilityDomain))].join(
    ", ",
  );
  const of = what === "" ? "" : ` ${what} in ${where}`;
  switch (kind) {
    case "paused":
      return facts.pause === undefined
        ? `${jobWords(job)} waits: launching was paused, and not all of its nodes are back in service.`
        : `${jobWords(job)} waits: ${withoutStop(pauseSentence(facts.pause))}.`;
    case "boot":
      return `${jobWords(job)} waits: machines of ${what === "" ? "its kind" : what} fail to boot, so that none is launched for a while.`;
    case "capacity":
      return `${jobWords(job)} waits: OCI has no free machine${of === "" ? "" : ` of shape${of}`} at the moment.`;
    case "limit": {
      const names = refused.flatMap(({ refusal }) => limitNamesIn(refusal?.message ?? ""));
      const limit =
        names.length === 0
          ? "a service limit or quota"
          : `the service limit ${[...new Set(names)].join(", ")}`;
      return `${jobWords(job)} waits: ${limit} of the tenancy is reached${of === "" ? "" : ` for${of}`}.`;
    }
    case "refused":
      return `${jobWords(job)} waits: a node that it was given could not be started.`;
  }
}

/** The nodes that the log says startnode could not start for it, the last of them first. */
function promisedNodes({ jobId }: JobRecord, { log }: ClusterFacts): readonly string[] {
  const names = log
    .filter(({ jobIds, event }) => event === "could not start node" && jobIds.includes(jobId))
    .toReversed()
    .flatMap(({ nodeNames }) => nodeNames);
  return [...new Set(names)];
}

function promisedWords(
  job: JobRecord,
  promised: readonly string[],
  failed: readonly string[],
): readonly string[] {
  if (job.state === "CONFIGURING") {
    return [
      `Slurm has given it ${nodesWords(job.nodeNames)}, of which not all can be started: it puts the job back into the queue just now.`,
    ];
  }
  const times = job.restarts > 0 ? `${counted(job.restarts, "time")} so far` : "";
  if (promised.length > 0) {
    return [
      `Slurm had given it ${nodesWords(promised)}, which could not be started; it went back into the queue${times === "" ? "" : `, ${times}`}.`,
    ];
  }
  if (wasToldOfFailure(job)) {
    return [
      `A node that Slurm had given it could not be started; it went back into the queue, ${times}.`,
    ];
  }
  return failed.length === 0
    ? []
    : [
        "The nodes that it needs could not be started for other jobs; Slurm does not give them to anybody until their next try.",
      ];
}

/** The log has the whole of what comments and reasons are too short for. */
function failureWords(
  job: JobRecord,
  nodeNames: readonly string[],
  { log }: ClusterFacts,
): readonly string[] {
  const names = new Set(nodeNames);
  const entry = log.findLast(
    (it) => it.event === "could not start node" && it.nodeNames.some((name) => names.has(name)),
  );
  const reason = entry?.fields["reason"];
  if (reason !== undefined) return [`startnode's words: "${withoutStop(String(reason))}".`];
  return job.adminComment === "" ? [] : [`The job was told: "${job.adminComment}".`];
}

function failedNodesOf(facts: ClusterFacts): readonly string[] {
  return [...facts.nodes.keys()].filter((name) => phaseOf(name, facts).kind === "failed");
}

function groupsOf(names: readonly string[], { groups }: ClusterFacts): readonly NodeGroup[] {
  const wanted = new Set(names);
  return groups.filter((group) => expandedNames(group).some((name) => wanted.has(name)));
}

/** Every place of these groups once. */
function distinctPlaces(
  groups: readonly NodeGroup[],
  facts: ClusterFacts,
): readonly PlaceOutlook[] {
  const places = groups.flatMap((group) => groupOutlook(group, facts));
  return [...new Map(places.map((place) => [placeWords(place), place])).values()];
}

/** One line for each reason: all nodes that wait for the same answer have the same. */
function failureNotes(failed: readonly string[], facts: ClusterFacts): readonly NodeNote[] {
  const byReason = groupBy(failed, (name) => facts.nodes.get(name)?.reason ?? "");
  return [...byReason].map(([reason, names]) => {
    const retryAtMs = retryTimeOf(reason);
    const words = reason
      .replace(STARTNODE_PREFIX, "")
      .replace(/\[next try [^\]]*\]/, "")
      .trim();
    const until = retryAtMs === undefined ? "" : `, until ${timeWords(retryAtMs, facts.nowMs)}`;
    return { nodes: compressHostlist(names), notes: [`DOWN${until}: ${words}`] };
  });
}

interface Prospects {
  readonly facts: ClusterFacts;
  /** In service, and fit for the job. */
  readonly usable: readonly string[];
  readonly kind: RefusalKind;
}

function eligibleWords({ eligibleMs }: JobRecord, { nowMs }: ClusterFacts): readonly string[] {
  return eligibleMs !== undefined && eligibleMs > nowMs
    ? [
        `Slurm looks at the job again from ${timeWords(eligibleMs, nowMs)}: a requeued job waits until its old nodes are surely quiet.`,
      ]
    : [];
}

function nextOf(
  job: JobRecord,
  failed: readonly string[],
  { facts, usable, kind }: Prospects,
): readonly string[] {
  const { nowMs, nodes } = facts;
  const retries = failed.flatMap((name) => retryTimeOf(nodes.get(name)?.reason ?? "") ?? []);
  const others = usable.length >= job.nodeCount ? [othersWords(usable, facts)] : [];
  const back = "The nodes that failed return to service";
  if (failed.length === 0) return others;
  if (retries.length === 0) return [...others, `${back} when somebody returns them.`];
  const first = Math.min(...retries);
  const last = Math.max(...retries);
  const span =
    last - first < 1000
      ? timeWords(first, nowMs)
      : `${timeWords(first, nowMs)}, the last of them at ${timeWords(last, nowMs)}`;
  const then =
    kind === "boot"
      ? "then one of them is launched, and the others when it has come up."
      : "then Slurm has them started for whoever is first in the queue, and OCI is asked anew.";
  return [...others, `${back} at ${span}; ${then}`];
}

/** Whether other nodes help depends on whether they are the same machines. */
function othersWords(usable: readonly string[], facts: ClusterFacts): string {
  const isOpen = groupsOf(usable, facts).some((group) => isAnyOpen(groupOutlook(group, facts)));
  const many = `${counted(usable.length, "other node")} that ${usable.length === 1 ? "fits" : "fit"}`;
  return isOpen
    ? `Slurm may give it others first: ${many}, of machines that OCI has not refused.`
    : `Slurm may give it others first (${many}): as long as OCI refuses these machines, that ends in the same way within seconds.`;
}
