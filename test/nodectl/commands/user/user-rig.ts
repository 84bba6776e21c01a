import type { UserContext } from "../../../../nodectl/commands/user/user-context.ts";
import type { JobRecord } from "../../../../nodectl/domain/explain/facts.ts";
import type { UserRequest } from "../../../../nodectl/domain/user/decide-add.ts";
import { parseKey, type PublicKey } from "../../../../nodectl/domain/user/public-key.ts";
import { HomeDirectoryError } from "../../../../nodectl/files/home-directory.ts";
import { keyLine } from "../../domain/user/key-samples.ts";
import { silentLog } from "../silent-log.ts";
import { slurmError } from "../slurm-error.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { MemoryDirectory } from "./memory-directory.ts";

/** All sides of a user in memory, each of which can be made to refuse. */
export class UserRig {
  readonly directory = new MemoryDirectory();
  /** Owners by name. */
  readonly homes = new Map<string, number>();
  /** Users whose homes have keys of their own. */
  readonly ownKeys = new Set<string>();
  readonly formerNumbers = new Set<number>();
  /** Accounts by user. */
  readonly accounts = new Map<string, Set<string>>();
  readonly forgotten: string[] = [];
  /** How often the directory was saved. */
  saved = 0;
  /** Numbers of those who are logged in on this computer. */
  readonly sessions = new Set<number>();
  jobs: { jobId: number; user: string; state: string }[] = [];
  cancelled: string[] = [];
  /** A job that is cancelled is still ending for so long, milliseconds. */
  endingMs = 2_000;
  isAccountingOff = false;
  /** undefined: all is well. */
  broken: "homes" | "skeleton" | "accounting" | "associating" | "cancelling" | undefined;
  readonly clock = new VirtualClock();

  readonly context: UserContext = {
    directory: this.directory,
    homes: {
      pathOf: (name) => `/homes/${name}`,
      ownerOf: (name) => Promise.resolve(this.homes.get(name)),
      owners: () => Promise.resolve([...this.homes.values()]),
      formerNumbers: () => Promise.resolve([...this.formerNumbers]),
      retireNumber: async (number) => {
        await Promise.resolve();
        this.formerNumbers.add(number);
      },
      ownKeysOf: (name) =>
        Promise.resolve(this.ownKeys.has(name) ? `/homes/${name}/.ssh/authorized_keys` : undefined),
      checkSkeleton: async () => {
        await Promise.resolve();
        if (this.broken === "skeleton") throw new HomeDirectoryError("/etc/skel is not there");
      },
      make: async (name, { number }) => {
        await Promise.resolve();
        if (this.broken === "homes") throw new HomeDirectoryError("the file system is full");
        this.homes.set(name, number);
      },
      remove: (name) => Promise.resolve(this.homes.delete(name)),
    },
    slurm: {
      accountsOf: async (user) => {
        const accounts = await this.#account(() => [...(this.accounts.get(user) ?? [])]);
        return accounts === "off" ? { kind: "off" } : { kind: "on", accounts };
      },
      associate: (user, account) =>
        this.#account(() => {
          if (this.broken === "associating") throw slurmError("Connection refused", "sacctmgr");
          this.accounts.set(user, new Set([...(this.accounts.get(user) ?? []), account]));
          return "done";
        }),
      removeAssociation: (user, account) =>
        this.#account(() => {
          const accounts = this.accounts.get(user);
          if (accounts?.delete(account) !== true) return "nothing";
          if (accounts.size === 0) this.accounts.delete(user);
          return "done";
        }),
      removeAssociations: (user) =>
        this.#account(() => (this.accounts.delete(user) ? "done" : "nothing")),
      activeJobs: () => Promise.resolve(this.jobs as unknown as readonly JobRecord[]),
      cancelJobs: async (ids) => {
        await Promise.resolve();
        this.cancelled.push(...ids);
        if (this.broken === "cancelling") return;
        this.jobs = this.jobs.map((job) =>
          ids.includes(String(job.jobId)) ? { ...job, state: "COMPLETING" } : job,
        );
        void this.clock.sleep(this.endingMs).then(() => {
          this.jobs = this.jobs.filter(({ jobId }) => !ids.includes(String(jobId)));
        });
      },
    },
    local: { users: [{ name: "opc", number: 1000 }], groups: [{ name: "hpc", number: 990 }] },
    followers: {
      forget: async (name) => {
        await Promise.resolve();
        this.forgotten.push(name);
      },
      saveDirectory: async () => {
        await Promise.resolve();
        this.saved += 1;
      },
      endSessions: (number) =>
        Promise.resolve(this.sessions.delete(number) ? ("done" as const) : ("nothing" as const)),
    },
    clock: this.clock,
    log: silentLog,
  };

  async #account<Answer>(work: () => Answer): Promise<Answer | "off"> {
    await Promise.resolve();
    if (this.broken === "accounting") throw slurmError("Connection refused", "sacctmgr");
    return this.isAccountingOff ? "off" : work();
  }

  /** Everything that there is of users, to compare. */
  get state(): object {
    return structuredClone({
      users: this.directory.users,
      groups: this.directory.groups,
      homes: this.homes,
      accounts: this.accounts,
    });
  }
}

export function key(number: number, comment?: string): PublicKey {
  const read = parseKey(keyLine(number, comment));
  if (read.kind === "invalid") throw new Error(read.message);
  return read.value;
}

export function request(overrides: Partial<UserRequest> = {}): UserRequest {
  return {
    name: "ada",
    details: { fullName: "Ada Lovelace", email: undefined, shell: "/bin/bash" },
    number: undefined,
    account: "users",
    keys: [key(1)],
    ...overrides,
  };
}
