import type { PublicKey } from "./public-key.ts";
import { parseKey } from "./public-key.ts";
import { differenceOf, type DirectoryUser, type UserDetails } from "./user-entry.ts";
import { nextNumber, NUMBER_FIRST, readUserNumber } from "./user-number.ts";

/** A user who is to be there, with everything checked that can be checked without looking. */
export interface UserRequest {
  readonly name: string;
  readonly details: UserDetails;
  /** Absent: the next free one. */
  readonly number: number | undefined;
  /** In Slurm's accounting. Absent: the default one, for somebody who has none. */
  readonly account: string | undefined;
  readonly keys: readonly PublicKey[];
}

/** What is there of a user's name, and which numbers are somebody's. */
export interface UserSight {
  readonly entry: DirectoryUser | undefined;
  /** Of the group of that name. */
  readonly groupNumber: number | undefined;
  /** Of what stands at the user's home. */
  readonly homeOwner: number | undefined;
  /** Where the home has to be. */
  readonly home: string;
  /** Of the directory's users and groups, and of this computer's own. */
  readonly takenNumbers: ReadonlySet<number>;
  /** Of all homes: whoever had it may be gone, and the files are there. */
  readonly homeNumbers: ReadonlySet<number>;
  /** Those that nobody gets without asking for them: of users who were removed, and what others ask for. */
  readonly heldBack: ReadonlySet<number>;
}

export type AddDecision =
  | { readonly kind: "refuse"; readonly message: string }
  /** `isFixed`: no other number will do. */
  | { readonly kind: "make"; readonly number: number; readonly isFixed: boolean }
  /** The entry is there, and agrees; what is missing beside it is made. */
  | { readonly kind: "finish"; readonly entry: DirectoryUser };

export function decideAdd(request: UserRequest, sight: UserSight): AddDecision {
  const { entry } = sight;
  if (entry === undefined) return decideMake(request, sight);
  const message = problemOfEntry(request, sight, entry);
  return message === undefined ? { kind: "finish", entry } : { kind: "refuse", message };
}

function problemOfEntry(
  { name, details, number, keys }: UserRequest,
  { groupNumber, homeOwner, home }: UserSight,
  entry: DirectoryUser,
): string | undefined {
  const difference = differenceOf(entry, { ...details, number });
  if (difference !== undefined)
    return `${name} is there already, and differs: ${difference}; leave that away, or remove the user first`;
  if (entry.number < NUMBER_FIRST)
    return `${name} is there already, with the number ${entry.number}, and no machine takes one below ${NUMBER_FIRST} from the directory; remove the user, chown -R the home to a number from ${NUMBER_FIRST} on, and add the user again`;
  if (entry.home !== home)
    return `${name} is there already, with the home ${entry.home} and not ${home}`;
  if (groupNumber !== undefined && groupNumber !== entry.groupNumber)
    return `a group ${name} is there with the number ${groupNumber}, and the user's group is ${entry.groupNumber}`;
  if (homeOwner !== undefined && homeOwner !== entry.number)
    return `${home} belongs to ${homeOwner}, and ${name} is ${entry.number}; move it away, or chown it`;
  if (entry.keys.length === 0 || missingKeys(entry, keys).length === 0) return undefined;
  return `${name} is there already, with other keys; 'citc user keys ${name}' shows and changes them`;
}

function decideMake({ name, number }: UserRequest, sight: UserSight): AddDecision {
  const { groupNumber, homeOwner, takenNumbers, homeNumbers, heldBack } = sight;
  const usedNumbers = new Set([...takenNumbers, ...homeNumbers]);
  const refuse = (message: string): AddDecision => ({ kind: "refuse", message });
  if (groupNumber !== undefined)
    return refuse(
      `a group ${name} is in the directory already (${groupNumber}); choose another name`,
    );
  if (homeOwner !== undefined) return decideByHome(name, number, homeOwner, sight);
  if (number !== undefined) {
    return usedNumbers.has(number)
      ? refuse(`${number} is a user's, a group's or a home's number already; leave --uid away`)
      : { kind: "make", number, isFixed: true };
  }
  const next = nextNumber(new Set([...usedNumbers, ...heldBack]));
  if (next === undefined) return refuse("every number is or was somebody's; give one with --uid");
  return { kind: "make", number: next, isFixed: false };
}

/** A home that was kept gives its number back: its files are that user's again. */
function decideByHome(
  name: string,
  wanted: number | undefined,
  homeOwner: number,
  { home, takenNumbers }: UserSight,
): AddDecision {
  const refuse = (message: string): AddDecision => ({ kind: "refuse", message });
  if (homeOwner === 0)
    return refuse(
      `${home} is there already and belongs to root; move it away, or chown it to the number that ${name} had`,
    );
  if (wanted !== undefined && wanted !== homeOwner)
    return refuse(
      `${home} is there already and belongs to ${homeOwner}, not to ${wanted}; leave --uid away, or move the home`,
    );
  if (takenNumbers.has(homeOwner))
    return refuse(
      `${home} is there already and belongs to ${homeOwner}, who is somebody else; move it away`,
    );
  if (readUserNumber(String(homeOwner)).kind === "invalid")
    return refuse(
      `${home} is there already and belongs to ${homeOwner}, which no machine takes from the directory as a user's number; chown -R it to one from ${NUMBER_FIRST} on that nobody has, which ${name} then gets, or move it away`,
    );
  return { kind: "make", number: homeOwner, isFixed: true };
}

/** Those of the request that the entry does not have; a comment makes no other key. */
export function missingKeys(
  { keys: lines }: Pick<DirectoryUser, "keys">,
  keys: readonly PublicKey[],
): readonly PublicKey[] {
  const have = new Set(
    lines.map((line) => {
      const key = parseKey(line);
      return key.kind === "valid" ? key.value.fingerprint : line;
    }),
  );
  return keys.filter(({ fingerprint }) => !have.has(fingerprint));
}
