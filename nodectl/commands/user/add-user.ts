import { decideAdd, missingKeys, type UserRequest } from "../../domain/user/decide-add.ts";
import { formatKey } from "../../domain/user/public-key.ts";
import { SHELL_DEFAULT, type DirectoryUser } from "../../domain/user/user-entry.ts";
import { errorText } from "../../domain/error-text.ts";
import { isRefusal, refusalText } from "./expected-error.ts";
import { lookAtAll, sightOf } from "./look-at-user.ts";
import type { UserContext, UserStep } from "./user-context.ts";

export type AddUserOutcome =
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "planned"; readonly number: number; readonly isNew: boolean }
  | { readonly kind: "done"; readonly number: number; readonly steps: readonly UserStep[] }
  /** What this run had made is taken back, if it had made anything, but for what `left` names. */
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly isTakenBack: boolean;
      readonly left: readonly string[];
    };

/** How to take back one thing that this run has made. */
interface Made {
  readonly what: string;
  readonly takeBack: () => Promise<unknown>;
}

/** Each time somebody else took the number first. */
const NUMBER_ATTEMPTS_MAX = 50;

/**
 * Makes a user, or what is missing of one: the entry, which reserves the number, the group, the home, the association in
 * Slurm, and at last the keys, without which nobody can log in. Safe to repeat; what a run that was killed has left
 * is finished by the next.
 */
export async function addUser(
  context: UserContext,
  request: UserRequest,
  { isDryRun = false }: { readonly isDryRun?: boolean } = {},
): Promise<AddUserOutcome> {
  const made: Made[] = [];
  try {
    const entry = await reserve(context, request, { isDryRun, made });
    if (entry.kind !== "reserved") return entry;
    const steps = [entry.step, ...(await complete(context, request, entry.user, made))];
    await context.forget(request.name);
    const isChanged = made.length > 0;
    if (isChanged) context.log.info("added a user", { action: "add", reason: request.name });
    return { kind: "done", number: entry.user.number, steps };
  } catch (error) {
    const left = await takeBack(context, made);
    if (!isRefusal(error)) throw error;
    context.log.warn("could not add a user", {
      action: "add",
      reason: `${request.name}: ${refusalText(error)}`,
    });
    return { kind: "failed", message: refusalText(error), isTakenBack: made.length > 0, left };
  }
}

type Reserved =
  | { readonly kind: "reserved"; readonly user: DirectoryUser; readonly step: UserStep }
  | Extract<AddUserOutcome, { kind: "refused" | "planned" }>;

/** The entry with its number. The directory says whether somebody else was faster; then all is looked at again. */
async function reserve(
  context: UserContext,
  request: UserRequest,
  { isDryRun, made }: { readonly isDryRun: boolean; readonly made: Made[] },
): Promise<Reserved> {
  const { directory, homes } = context;
  const { name, details } = request;
  for (let attempt = 0; attempt < NUMBER_ATTEMPTS_MAX; attempt += 1) {
    const decision = decideAdd(request, await sightOf(context, await lookAtAll(context), name));
    if (decision.kind === "refuse") return { kind: "refused", message: decision.message };
    const number = decision.kind === "make" ? decision.number : decision.entry.number;
    if (isDryRun) return { kind: "planned", number, isNew: decision.kind === "make" };
    if (decision.kind === "finish") {
      return {
        kind: "reserved",
        user: decision.entry,
        step: { part: "entry", did: "there", what: name },
      };
    }
    const user = {
      ...{ name, number, groupNumber: number, fullName: details.fullName ?? name },
      ...{ email: details.email, home: homes.pathOf(name), shell: details.shell ?? SHELL_DEFAULT },
    };
    const outcome = await directory.addUser(user);
    if (outcome === "added") {
      made.push({ what: `the entry of ${name}`, takeBack: () => directory.removeUser(name) });
      return {
        kind: "reserved",
        user: { ...user, keys: [] },
        step: { part: "entry", did: "made", what: name },
      };
    }
    if (outcome === "number-taken" && decision.isFixed)
      return {
        kind: "refused",
        message: `the number ${number} is somebody else's in the directory`,
      };
  }
  return {
    kind: "refused",
    message: `others took ${NUMBER_ATTEMPTS_MAX} numbers meanwhile; try again`,
  };
}

/** What belongs to the entry, each if it is missing. */
async function complete(
  context: UserContext,
  { account, keys, name }: UserRequest,
  user: DirectoryUser,
  made: Made[],
): Promise<readonly UserStep[]> {
  const { directory, homes, slurm } = context;
  const group = await directory.addGroup(name, user.groupNumber);
  if (group === "added")
    made.push({ what: `the group ${name}`, takeBack: () => directory.removeGroup(name) });
  const isAtHome = (await homes.ownerOf(name)) !== undefined;
  if (!isAtHome) {
    await homes.make(name, user);
    made.push({ what: user.home, takeBack: () => homes.remove(name, user.number) });
  }
  const associated = await slurm.associate(name, account);
  if (associated === "done")
    made.push({
      what: `${name} in Slurm's accounting`,
      takeBack: () => slurm.removeAssociations(name),
    });
  const missing = missingKeys(user, keys);
  if (missing.length > 0) {
    await directory.addKeys(name, missing.map(formatKey));
    made.push({ what: "keys", takeBack: () => Promise.resolve() });
  }
  return [
    { part: "group", did: group === "added" ? "made" : "there", what: name },
    { part: "home", did: isAtHome ? "there" : "made", what: user.home },
    { part: "account", did: ACCOUNT_DID[associated], what: account },
    ...keys.map((key): UserStep => ({
      ...{ part: "keys", did: missing.includes(key) ? "made" : "there" },
      what: `${key.fingerprint} ${key.comment}`.trim(),
    })),
  ];
}

const ACCOUNT_DID = { done: "made", nothing: "there", off: "off" } as const;

/** The last thing first. What could not be taken back, with the reason. */
async function takeBack({ log }: UserContext, made: readonly Made[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { what, takeBack: undo } of made.toReversed()) {
    try {
      await undo();
    } catch (error) {
      left.push(`${what} (${errorText(error)})`);
      log.warn("could not take back", { action: "add", reason: `${what}: ${errorText(error)}` });
    }
  }
  return left;
}
