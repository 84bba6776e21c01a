import { expandedNames } from "../group-names.ts";
import { compressHostlist } from "../hostlist.ts";
import type { NodeGroup } from "../launch-specification.ts";
import { bootAdvice, type KnownBoots } from "./boot-outlook.ts";
import { groupOutlook, isAnyOpen, placeWords } from "./capacity-outlook.ts";
import type { Advice } from "./explanation.ts";
import type { ClusterFacts, JobRecord } from "./facts.ts";
import { failureKindOf } from "./failure-kind.ts";
import { startableOf } from "./job-cause.ts";
import { isAllowedOn, lacksOf } from "./job-fit.ts";
import { updateCommand } from "./job-words.ts";
import { phaseOf } from "./node-phase.ts";
import { countedBe } from "./words.ts";

/** Launching is paused; boots fail; no machine there; a service limit or quota; or a refusal that another place would not mend. */
export type RefusalKind = "paused" | "boot" | "capacity" | "limit" | "refused";

interface Shortage {
  readonly kind: RefusalKind;
  /** The nodes that could not be started. */
  readonly failed: readonly string[];
  /** Those of nodes.json that these belong to. */
  readonly groups: readonly NodeGroup[];
  /** The nodes that fit and are in service. */
  readonly usable: readonly string[];
}

/** What can be done when OCI gives no machine: the user's means first, then the admin's. */
export function adviceWithoutMachine(
  job: JobRecord,
  facts: ClusterFacts,
  { kind, failed, groups, usable }: Shortage,
): readonly Advice[] {
  if (kind === "paused") {
    return [
      { text: PATIENCE_ADVICE[kind] },
      facts.pause === undefined ? RETURN_ADVICE : RESUME_ADVICE,
    ];
  }
  return [
    { text: PATIENCE_ADVICE[kind] },
    ...fewerNodes(job, startableOf(usable, facts).length),
    ...otherShapes(job, facts, { groups, usable }),
    ...(kind === "boot" ? bootAdvice(knownBoots(facts, { failed, groups }), facts) : []),
    ...adminAdvice(kind, failed, groups),
  ];
}

function knownBoots(
  facts: ClusterFacts,
  { failed, groups }: Pick<Shortage, "failed" | "groups">,
): KnownBoots {
  const refusals = groups.flatMap((group) => groupOutlook(group, facts));
  const known = refusals.flatMap(({ refusal }) => (refusal?.kind === "boot" ? [refusal] : []))[0];
  if (known !== undefined) return known;
  const reasons = failed.map((name) => facts.nodes.get(name)?.reason ?? "");
  return { message: reasons.find((reason) => failureKindOf(reason) === "boots-fail") ?? "" };
}

const RETURN_ADVICE: Advice = {
  text: "The pause has ended. An admin can have the nodes back that are still DOWN because of it:",
  command: "sudo citc resume",
};

export const RESUME_ADVICE: Advice = {
  text: "An admin ends the pause, when its cause is mended:",
  command: "sudo citc resume",
};

function fewerNodes(job: JobRecord, usable: number): readonly Advice[] {
  if (usable === 0 || usable >= job.nodeCount) return [];
  return [
    {
      text: `Ask for fewer nodes, if the job can do with them; ${countedBe(usable, "node")} in service:`,
      command: updateCommand(job, `numnodes=${usable}`),
    },
  ];
}

/** Groups of the cluster on other machines, of which OCI has not refused all: the job only has to let itself be put there. */
function otherShapes(
  job: JobRecord,
  facts: ClusterFacts,
  { groups: refused, usable }: Pick<Shortage, "groups" | "usable">,
): readonly Advice[] {
  const free = { ...job, features: "" };
  const others = facts.groups.filter((group) => {
    if (refused.includes(group) || group.isRetired === true) return false;
    const own = isAllowedOn(job, group) ? usable : [];
    const isEnough = countReachable(own, group, facts) >= job.nodeCount;
    const isOpen = isAnyOpen(groupOutlook(group, facts));
    return isOpen && isEnough && lacksOf(free, group).length === 0;
  });
  return others.slice(0, OTHERS_MAX).map((group) => {
    const partition = group.slurm?.partitions[0] ?? "";
    const words = [
      ...(job.partitions.includes(partition) ? [] : [`partition=${partition}`]),
      ...(lacksOf(job, group).length === 0 ? [] : ["features="]),
    ];
    const [place] = groupOutlook(group, facts);
    const text = `Nodes of ${place === undefined ? group.names : placeWords(place)} (${group.names}) have not been refused lately`;
    return words.length === 0
      ? { text: `${text}; Slurm may give the job those.` }
      : { text: `${text}; to let the job run there:`, command: updateCommand(job, ...words) };
  });
}

const OTHERS_MAX = 3;

/** The nodes in service that a job could be given if it let itself be put there too, beside its own. */
function countReachable(own: readonly string[], group: NodeGroup, facts: ClusterFacts): number {
  const there = expandedNames(group).filter(
    (name) => !["failed", "out-of-service"].includes(phaseOf(name, facts).kind),
  );
  return new Set([...own, ...there]).size;
}

function adminAdvice(
  kind: RefusalKind,
  failed: readonly string[],
  groups: readonly NodeGroup[],
): readonly Advice[] {
  const hasAlternatives = groups.some(
    ({ specification }) => specification.alternatives !== undefined,
  );
  const isOnePlace = groups.every(
    ({ specification }) => specification.availabilityDomains.length === 1,
  );
  const names = compressHostlist(failed);
  const again =
    failed.length === 0
      ? []
      : [
          {
            text:
              kind === "boot"
                ? "Then the nodes that are DOWN for it, which otherwise come back by themselves:"
                : "An admin can have them tried at once:",
            command: `sudo scontrol update nodename=${names} state=resume`,
          },
        ];
  const wider = [
    ...(hasAlternatives ? [] : ["`alternatives:` (other shapes) for it"]),
    ...(isOnePlace ? ["a count without availability domain, which allows all of them"] : []),
  ];
  const limits =
    (kind === "capacity" || kind === "limit") && wider.length > 0
      ? [
          {
            text: `An admin can let startnode look in more places: in limits.yaml write ${wider.join(", or ")}; then`,
            command: "~opc/finish",
          },
        ]
      : [];
  return [
    ...(kind === "limit" ? [LIMIT_ADVICE] : []),
    ...(kind === "refused" ? [REFUSED_ADVICE] : []),
    ...limits,
    ...again,
  ];
}

const PATIENCE_ADVICE: Readonly<Record<RefusalKind, string>> = {
  paused:
    "Nothing has to be done: the job stays in the queue and starts by itself after the pause.",
  boot: "It is nothing that the job's owner can mend; the job stays in the queue and starts by itself when machines come up again.",
  capacity:
    "Nothing has to be done: the job stays in the queue and starts by itself when there are machines.",
  limit:
    "Nothing has to be done: the job stays in the queue and starts by itself when other machines have ended, or the limit is raised.",
  refused:
    "It is nothing that the job's owner can mend; the job stays in the queue and starts by itself when an admin has.",
};

const LIMIT_ADVICE: Advice = {
  text: "An admin can ask Oracle for more: in OCI's console under Governance, Limits, Quotas and Usage, choose the limit and request an increase. Until then machines of this kind become free only when others end.",
};

const REFUSED_ADVICE: Advice = {
  text: "An admin has to see to it: what was said stands above, and in /var/log/slurm/elastic.log.",
};
