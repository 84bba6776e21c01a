import type { ClusterPlan } from "./cluster-plan.ts";
import type { SlurmOptions } from "./launch-specification.ts";
import { mergeWords } from "./merge-options.ts";
import { isSameKey, OMIT, ownKeyOf } from "./slurm-options.ts";
import { isAtLeast } from "./slurm-release.ts";
import type { SlurmRelease } from "./slurm-release.ts";

/** A line of slurm.conf and why it is there. */
export interface SlurmParameter {
  readonly key: string;
  readonly value: string;
  readonly reason: string;
}

/** A parameter whose value is a list of words: the admin's words join ours. */
interface WordList {
  readonly key: string;
  readonly words: readonly string[];
  readonly reason: string;
}

const RESUME_PROGRAM = "/usr/local/bin/startnode";
const SUSPEND_PROGRAM = "/usr/local/bin/stopnode";
const NODE_WAIT_PROGRAM = "/usr/local/bin/wait-for-nodes";

/**
 * The power saving parameters for one release of Slurm, with slurm_options of limits.yaml. What each release knows was
 * seen on 22.05.8 and 24.11.5; the releases between follow Slurm's release notes.
 */
export function slurmParameters(
  {
    timers,
    hasNodeWait,
    slurmOptions,
  }: Pick<ClusterPlan, "timers" | "hasNodeWait" | "slurmOptions">,
  release: SlurmRelease,
  gresTypes: readonly string[],
): readonly SlurmParameter[] {
  const lists = wordLists(timers.credentialLifetimeSeconds, release).map((list) =>
    asParameter(list, slurmOptions),
  );
  const own = [
    ...programs(),
    ...nodeWait(hasNodeWait),
    ...timerParameters(timers),
    ...lists,
    ...releaseParameters(release),
    ...gresParameters(gresTypes),
  ];
  return [...withGiven(own, lists, slurmOptions), ...added(own, slurmOptions)];
}

/**
 * Those of them that nodectl relies on, with the site's values in their place: without what only the site asked for, and
 * without devices.
 */
export function neededParameters(
  plan: Parameters<typeof slurmParameters>[0],
  release: SlurmRelease,
): readonly SlurmParameter[] {
  const own = slurmParameters({ ...plan, slurmOptions: {} }, release, []);
  return slurmParameters(plan, release, []).filter(({ key }) =>
    own.some((it) => isSameKey(it.key, key)),
  );
}

function programs(): readonly SlurmParameter[] {
  return [
    { key: "ResumeProgram", value: RESUME_PROGRAM, reason: "Launches the instances behind nodes." },
    { key: "SuspendProgram", value: SUSPEND_PROGRAM, reason: "Terminates them." },
    {
      key: "ResumeFailProgram",
      value: SUSPEND_PROGRAM,
      reason: "A node that missed ResumeTimeout is not suspended: its instance would run on.",
    },
  ];
}

function nodeWait(hasNodeWait: boolean): readonly SlurmParameter[] {
  if (!hasNodeWait) return [];
  const reason =
    "Jobs start when their nodes have registered; slurmctld by itself looks every 30 s whether they have.";
  return [{ key: "PrologSlurmctld", value: NODE_WAIT_PROGRAM, reason }];
}

function timerParameters(timers: ClusterPlan["timers"]): readonly SlurmParameter[] {
  return [
    {
      key: "SuspendTime",
      value: `${timers.suspendTimeSeconds}`,
      reason:
        "Idle seconds before a node is stopped: long enough for the next job of a user at work.",
    },
    {
      key: "SuspendTimeout",
      value: `${timers.suspendTimeoutSeconds}`,
      reason:
        "Longer than a termination takes, so that the host name is free when the node is wanted again.",
    },
    {
      key: "ResumeTimeout",
      value: `${timers.resumeTimeoutSeconds}`,
      reason:
        "From launch to registration. A launch that fails is reported at once and does not wait for this.",
    },
    {
      key: "ResumeRate",
      value: "0",
      reason: "No limit: startnode paces itself, and Slurm would tear a job's nodes apart.",
    },
    { key: "SuspendRate", value: "0", reason: "No limit, as above." },
    {
      key: "ReturnToService",
      value: "2",
      reason: "A node that registers late, or was DOWN, is used again without an admin.",
    },
  ];
}

/** Slurm 23.11 takes a node's address from its registration and fans out over cloud nodes by itself. */
function knowsCloudAddresses(release: SlurmRelease): boolean {
  return isAtLeast(release, 23, 11);
}

function wordLists(credentialLifetimeSeconds: number, release: SlurmRelease): readonly WordList[] {
  const isOld = !knowsCloudAddresses(release);
  const lists: readonly (WordList | undefined)[] = [
    {
      key: "SlurmctldParameters",
      words: [
        "idle_on_node_suspend",
        ...(isOld ? ["cloud_reg_addrs"] : []),
        "node_reg_mem_percent=90",
      ],
      reason:
        "A stopped node is idle again, whatever it was; RealMemory below is an estimate. " +
        "(node_reg_mem_percent stands last: 24.11 misreads it before another word.)",
    },
    {
      key: "AuthInfo",
      words: [`cred_expire=${credentialLifetimeSeconds}`],
      reason:
        "A requeued job waits this long (Slurm's default: 120). Longer than a prolog and the clocks' difference.",
    },
    isAtLeast(release, 23, 2)
      ? undefined
      : {
          key: "PrivateData",
          words: ["cloud"],
          reason: "Shows nodes that are off, strange as it reads.",
        },
    isOld
      ? {
          key: "CommunicationParameters",
          words: ["NoAddrCache"],
          reason: "A node has another address each time that it is started.",
        }
      : undefined,
  ];
  return lists.filter((list) => list !== undefined);
}

function releaseParameters(release: SlurmRelease): readonly SlurmParameter[] {
  if (knowsCloudAddresses(release)) return [];
  const reason = "No fan-out over nodes, which do not know each other's addresses.";
  return [{ key: "TreeWidth", value: "65533", reason }];
}

function gresParameters(gresTypes: readonly string[]): readonly SlurmParameter[] {
  if (gresTypes.length === 0) return [];
  return [
    { key: "GresTypes", value: gresTypes.join(","), reason: "The devices stand in gres.conf." },
  ];
}

function asParameter({ key, words, reason }: WordList, given: SlurmOptions): SlurmParameter {
  const value = mergeWords(words, given[ownKeyOf(given, key) ?? key] ?? "");
  return { key, value, reason };
}

const FROM_LIMITS = "From limits.yaml.";

/** Ours, with the admin's value in place of ours. The lists have taken his words already. */
function withGiven(
  own: readonly SlurmParameter[],
  lists: readonly SlurmParameter[],
  given: SlurmOptions,
): readonly SlurmParameter[] {
  return own.flatMap((parameter) => {
    const givenKey = ownKeyOf(given, parameter.key);
    const value = givenKey === undefined ? undefined : given[givenKey];
    if (value === OMIT) return [];
    if (value === undefined || lists.includes(parameter)) return [parameter];
    return [{ key: parameter.key, value, reason: FROM_LIMITS }];
  });
}

function added(own: readonly SlurmParameter[], given: SlurmOptions): readonly SlurmParameter[] {
  return Object.entries(given)
    .filter(([key, value]) => value !== OMIT && !own.some((it) => isSameKey(it.key, key)))
    .map(([key, value]) => ({ key, value, reason: FROM_LIMITS }));
}
