import type { UserDirectory } from "../../directory/directory.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Log } from "../../domain/log.ts";
import type { HomeOwner } from "../../files/home-directory.ts";
import type { LocalAccounts } from "../../files/local-accounts.ts";
import type { AccountingControl, JobInquiry, JobRemoval } from "../../slurm/control.ts";

/** Where users' homes are. All methods throw HomeDirectoryError. */
export interface Homes {
  pathOf(name: string): string;
  /** The number that owns it; undefined when there is none. */
  ownerOf(name: string): Promise<number | undefined>;
  /** The owners of all homes. */
  owners(): Promise<readonly number[]>;
  /** Whole, or not at all. */
  make(name: string, owner: HomeOwner): Promise<void>;
  /** False when there was none. */
  remove(name: string, number: number): Promise<boolean>;
}

/** All that a user of the cluster consists of. */
export interface UserContext {
  readonly directory: UserDirectory;
  readonly homes: Homes;
  readonly slurm: AccountingControl & JobRemoval & Pick<JobInquiry, "activeJobs">;
  readonly local: LocalAccounts;
  /** This computer's cache of the directory asks again about that user. */
  readonly forget: (name: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One thing of a user's, and what became of it. */
export interface UserStep {
  readonly part: "entry" | "group" | "home" | "account" | "keys" | "jobs";
  readonly did: "made" | "there" | "removed" | "kept" | "absent" | "off";
  /** e.g. a path, an account, a fingerprint. */
  readonly what: string;
}
