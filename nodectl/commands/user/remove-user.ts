import type { JobRecord } from "../../domain/explain/facts.ts";
import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import { isRefusal, refusalText } from "./expected-error.ts";
import type { UserContext, UserStep } from "./user-context.ts";

export interface RemoveRequest {
  readonly name: string;
  readonly isHomeDeleted: boolean;
  readonly isCancelling: boolean;
  /** False: only what would be done is said. */
  readonly isConfirmed: boolean;
}

export type RemoveUserOutcome =
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  | { readonly kind: "has-jobs"; readonly jobIds: readonly string[] }
  | { readonly kind: "refused"; readonly message: string }
  | {
      readonly kind: "planned";
      readonly user: DirectoryUser;
      readonly jobIds: readonly string[];
      readonly isHalfDeleted: boolean;
    }
  | { readonly kind: "done"; readonly user: DirectoryUser; readonly steps: readonly UserStep[] }
  | {
      readonly kind: "failed";
      readonly message: string;
      /** Whatever else is left. */
      readonly isLockedOut: boolean;
    };

const JOBS_POLL_MS = 500;
/** KillWait is 30 s unless the admin changed it, and an epilog takes its time. */
const JOBS_END_MS_MAX = 120_000;

/**
 * Removes a user: keys and a lock first, so that nobody logs in meanwhile, with a key in the home neither, and the entry last, so
 * that the number stays taken and the same command goes on where a run that was killed has ended.
 */
export async function removeUser(
  context: UserContext,
  request: RemoveRequest,
): Promise<RemoveUserOutcome> {
  const { directory, homes, log } = context;
  const { name } = request;
  let isLockedOut = false;
  try {
    const users = await directory.listUsers();
    const user = users.find((it) => it.name === name);
    if (user === undefined) return { kind: "unknown", known: users.map((it) => it.name) };
    const jobIds = idsOf(await jobsOf(context, user));
    if (jobIds.length > 0 && !request.isCancelling) return { kind: "has-jobs", jobIds };
    const message = problemOfHome(request, user, homes.pathOf(name));
    if (message !== undefined) return { kind: "refused", message };
    // What removes a home makes it root's first.
    const isHalfDeleted = (await homes.ownerOf(name)) === 0;
    if (!request.isConfirmed) return { kind: "planned", user, jobIds, isHalfDeleted };
    const logins = await shutOut(context, user);
    isLockedOut = true;
    if (request.isCancelling && !(await endJobs(context, user)))
      return { kind: "failed", message: "jobs are still ending", isLockedOut };
    const steps = await removeParts(context, request, { user, isHalfDeleted });
    log.info("removed a user", { action: "remove", reason: name });
    return { kind: "done", user, steps: [...logins, ...jobIds.map(jobStep), ...steps] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn("could not remove a user", {
      action: "remove",
      reason: `${name}: ${refusalText(error)}`,
    });
    return { kind: "failed", message: refusalText(error), isLockedOut };
  }
}

/** Nothing is deleted that the directory does not call this user's home. */
function problemOfHome(
  { name, isHomeDeleted }: RemoveRequest,
  { home }: DirectoryUser,
  path: string,
): string | undefined {
  if (!isHomeDeleted || home === path) return undefined;
  return `${name}'s home is ${home} in the directory, and not ${path}; leave --delete-home away, and remove by hand what is to go`;
}

/** Nobody logs in any more, and who is here goes. */
async function shutOut(
  { directory, followers }: UserContext,
  { name, number, keys, isLocked }: DirectoryUser,
): Promise<readonly UserStep[]> {
  if (keys.length > 0 || !isLocked) await directory.lockOut(name);
  await followers.forget(name);
  await followers.saveDirectory();
  const outcome = await followers.endSessions(number);
  if (outcome === "nothing" || outcome === "off") return [];
  const did = outcome === "done" ? "removed" : "kept";
  return [{ part: "logins", did, what: "on this computer" }];
}

interface Leaving {
  readonly user: DirectoryUser;
  readonly isHalfDeleted: boolean;
}

async function removeParts(
  { directory, homes, slurm, followers }: UserContext,
  { name, isHomeDeleted }: RemoveRequest,
  { user, isHalfDeleted }: Leaving,
): Promise<readonly UserStep[]> {
  await homes.retireNumber(user.number);
  const associations = await slurm.removeAssociations(name);
  const home = isHomeDeleted ? await homes.remove(name, user.number) : undefined;
  // Somebody else's group of the same name stays.
  const groups = await directory.listGroups();
  const isPrivate = groups.some((it) => it.name === name && it.number === user.groupNumber);
  const isGroupGone = isPrivate && (await directory.removeGroup(name));
  await directory.removeUser(name);
  await followers.forget(name);
  await followers.saveDirectory();
  return [
    { part: "account", did: ACCOUNT_DID[associations], what: "" },
    {
      part: "home",
      did: home === undefined ? "kept" : home ? "removed" : "absent",
      what: isHalfDeleted && !isHomeDeleted ? `${user.home}, ${HALF_DELETED}` : user.home,
    },
    { part: "group", did: isGroupGone ? "removed" : "absent", what: name },
    { part: "entry", did: "removed", what: name },
  ];
}

/** Of a home that stays though it was to be deleted once. */
export const HALF_DELETED = "half deleted before and root's now";

const ACCOUNT_DID = { done: "removed", nothing: "absent", off: "off" } as const;

function jobStep(id: string): UserStep {
  return { part: "jobs", did: "removed", what: id };
}

/** True when none is left. */
async function endJobs(context: UserContext, user: DirectoryUser): Promise<boolean> {
  const { clock, slurm } = context;
  const endMs = clock.now() + JOBS_END_MS_MAX;
  for (;;) {
    const jobs = await jobsOf(context, user);
    if (jobs.length === 0) return true;
    if (clock.now() >= endMs) return false;
    // Again each time: a job may have come since.
    await slurm.cancelJobs(idsOf(jobs.filter(({ state }) => state !== "COMPLETING")));
    await clock.sleep(JOBS_POLL_MS);
  }
}

/** Where the name cannot be resolved any more, squeue has the number. */
async function jobsOf({ slurm }: UserContext, user: DirectoryUser): Promise<readonly JobRecord[]> {
  const jobs = await slurm.activeJobs();
  return jobs.filter((job) => job.user === user.name || job.user === String(user.number));
}

function idsOf(jobs: readonly JobRecord[]): readonly string[] {
  return [...new Set(jobs.map(({ jobId }) => String(jobId)))];
}
