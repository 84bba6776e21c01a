import { decideAdd, type UserRequest } from "../../domain/user/decide-add.ts";
import { SHELL_DEFAULT, type DirectoryUser } from "../../domain/user/user-entry.ts";
import { complete, type Completed } from "./complete-user.ts";
import { isRefusal, refusalText } from "./expected-error.ts";
import { checkSides, lookAtAll, sightOf } from "./look-at-user.ts";
import { takeBack, type Made } from "./take-back.ts";
import type { UserContext, UserStep } from "./user-context.ts";

export interface AddUserOptions {
  readonly isDryRun?: boolean;
  /** Whether an entry that is locked is unlocked: only for somebody who was named alone. */
  readonly isUnlocking?: boolean;
  /** Numbers that others ask for. */
  readonly askedFor?: readonly number[];
}

export type AddUserOutcome =
  | { readonly kind: "refused"; readonly message: string }
  | {
      readonly kind: "planned";
      readonly number: number;
      readonly isNew: boolean;
      readonly isLocked: boolean;
    }
  | ({ readonly kind: "done"; readonly number: number } & Completed)
  /** What this run had made is taken back, if it had made anything, but for what `left` names. */
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly isTakenBack: boolean;
      readonly left: readonly string[];
    };

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
  options: AddUserOptions = {},
): Promise<AddUserOutcome> {
  const { log, followers } = context;
  const { name } = request;
  const made: Made[] = [];
  try {
    const accounting = await checkSides(context, name);
    const entry = await reserve(context, request, { options, made });
    if (entry.kind !== "reserved") return entry;
    const { user, isNew } = entry;
    const reserved = { user, isNew, accounting, isUnlocking: options.isUnlocking === true };
    const completed = await complete(context, request, reserved, made);
    if (completed.isChanged) {
      await followers.forget(name);
      await followers.saveDirectory();
      log.info("added a user", { action: "add", reason: name });
    }
    const step: UserStep = { part: "entry", did: isNew ? "made" : "there", what: name };
    return { kind: "done", number: user.number, ...completed, steps: [step, ...completed.steps] };
  } catch (error) {
    const left = await takeBack(context, made);
    if (!isRefusal(error)) throw error;
    const message = refusalText(error);
    log.warn("could not add a user", { action: "add", reason: `${name}: ${message}` });
    return { kind: "failed", message, isTakenBack: made.length > 0, left };
  }
}

type Reservation =
  | { readonly kind: "reserved"; readonly user: DirectoryUser; readonly isNew: boolean }
  | Extract<AddUserOutcome, { kind: "refused" | "planned" }>;

/** The entry with its number. The directory says whether somebody else was faster; then all is looked at again. */
async function reserve(
  context: UserContext,
  request: UserRequest,
  { options, made }: { readonly options: AddUserOptions; readonly made: Made[] },
): Promise<Reservation> {
  const { directory } = context;
  const { name } = request;
  let isNameTaken = false;
  for (let attempt = 0; attempt < NUMBER_ATTEMPTS_MAX; attempt += 1) {
    const sight = { name, askedFor: options.askedFor ?? [] };
    const decision = decideAdd(request, await sightOf(context, await lookAtAll(context), sight));
    if (decision.kind === "refuse") return { kind: "refused", message: decision.message };
    const isNew = decision.kind === "make";
    const number = isNew ? decision.number : decision.entry.number;
    if (options.isDryRun === true)
      return { kind: "planned", number, isNew, isLocked: !isNew && decision.entry.isLocked };
    if (!isNew) return { kind: "reserved", user: decision.entry, isNew };
    if (isNameTaken) return refusedOf(name);
    const user = newUser(context, request, number);
    const outcome = await directory.addUser(user);
    if (outcome === "added") {
      made.push({ what: `the entry of ${name}`, takeBack: () => directory.removeUser(name) });
      return { kind: "reserved", user: { ...user, keys: [], isLocked: false }, isNew };
    }
    if (outcome === "number-taken" && decision.isFixed)
      return {
        kind: "refused",
        message: `the number ${number} is somebody else's in the directory`,
      };
    isNameTaken = outcome === "name-taken";
  }
  return {
    kind: "refused",
    message: `others took ${NUMBER_ATTEMPTS_MAX} numbers meanwhile; try again`,
  };
}

/** The directory has it, and shows it to nobody who looks for users. */
function refusedOf(name: string): Reservation {
  const message = `the directory has an entry uid=${name} below ou=people that is no user (posixAccount); choose another name, or remove it with ldapdelete`;
  return { kind: "refused", message };
}

function newUser({ homes }: UserContext, { name, details }: UserRequest, number: number) {
  return {
    ...{ name, number, groupNumber: number, fullName: details.fullName ?? name },
    ...{ email: details.email, home: homes.pathOf(name), shell: details.shell ?? SHELL_DEFAULT },
  };
}
