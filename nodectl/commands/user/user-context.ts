import type { UserDirectory } from "../../directory/directory.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Log } from "../../domain/log.ts";
import type { HomeOwner } from "../../files/home-directory.ts";
import type { LocalAccounts } from "../../files/local-accounts.ts";
import type { SessionsOutcome } from "../../files/login-sessions.ts";
import type { AccountingControl, JobInquiry, JobRemoval } from "../../slurm/control.ts";

/** Where users' homes are. All methods throw HomeDirectoryError. */
export interface Homes {
  pathOf(name: string): string;
  /** The number that owns it; undefined when there is none. */
  ownerOf(name: string): Promise<number | undefined>;
  /** The owners of all homes. */
  owners(): Promise<readonly number[]>;
  /** The numbers of users who were removed. */
  formerNumbers(): Promise<readonly number[]>;
  /** Makes a number one of those, for good. */
  retireNumber(number: number): Promise<void>;
  /** The file in a home whose keys log in beside the directory's; undefined when there is none. */
  ownKeysOf(name: string): Promise<string | undefined>;
  /** Throws when there is nothing to begin a home with. */
  checkSkeleton(): Promise<void>;
  /** Whole, or not at all. */
  make(name: string, owner: HomeOwner): Promise<void>;
  /** False when there was none. */
  remove(name: string, number: number): Promise<boolean>;
}

/** What of this computer follows the directory. Nothing of it throws: what goes wrong is in the log, and time mends it. */
export interface Followers {
  /** This computer's cache of the directory asks again about that user. */
  forget(name: string): Promise<void>;
  /** The copy of the directory on the shared file system is made anew; nobody waits for it. */
  saveDirectory(): Promise<void>;
  /** Logins on this computer. */
  endSessions(number: number): Promise<SessionsOutcome>;
}

/** All that a user of the cluster consists of. */
export interface UserContext {
  readonly directory: UserDirectory;
  readonly homes: Homes;
  readonly slurm: AccountingControl & JobRemoval & Pick<JobInquiry, "activeJobs">;
  readonly local: LocalAccounts;
  readonly followers: Followers;
  readonly clock: Clock;
  readonly log: Log;
}

/** One thing of a user's, and what became of it. */
export interface UserStep {
  readonly part: "entry" | "lock" | "group" | "home" | "account" | "keys" | "jobs" | "logins";
  readonly did: "made" | "there" | "removed" | "kept" | "absent" | "off";
  /** e.g. a path, an account, a fingerprint. */
  readonly what: string;
}
