import type { UserContext } from "../../../../nodectl/commands/user/user-context.ts";
import type { JobRecord } from "../../../../nodectl/domain/explain/facts.ts";
import type { UserRequest } from "../../../../nodectl/domain/user/decide-add.ts";
import { parseKey, type PublicKey } from "../../../../nodectl/domain/user/public-key.ts";
import { HomeDirectoryError } from "../../../../nodectl/files/home-directory.ts";
import type { AccountingOutcome } from "../../../../nodectl/slurm/control.ts";
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
  /** Accounts by user. */
  readonly accounts = new Map<string, string>();
  readonly forgotten: string[] = [];
  jobs: { jobId: number; user: string; state: string }[] = [];
  cancelled: string[] = [];
  isAccountingOff = false;
  /** undefined: all is well. */
  broken: "homes" | "accounting" | "cancelling" | undefined;
  readonly clock = new VirtualClock();

  readonly context: UserContext = {
    directory: this.directory,
    homes: {
      pathOf: (name) => `/homes/${name}`,
      ownerOf: (name) => Promise.resolve(this.homes.get(name)),
      owners: () => Promise.resolve([...this.homes.values()]),
      make: async (name, { number }) => {
        await Promise.resolve();
        if (this.broken === "homes") throw new HomeDirectoryError("the file system is full");
        this.homes.set(name, number);
      },
      remove: (name) => Promise.resolve(this.homes.delete(name)),
    },
    slurm: {
      associate: (user, account) =>
        this.#account(() => {
          if (this.accounts.get(user) === account) return "nothing";
          this.accounts.set(user, account);
          return "done";
        }),
      removeAssociations: (user) =>
        this.#account(() => (this.accounts.delete(user) ? "done" : "nothing")),
      activeJobs: () => Promise.resolve(this.jobs as unknown as readonly JobRecord[]),
      cancelJobs: async (ids) => {
        await Promise.resolve();
        this.cancelled.push(...ids);
        if (this.broken !== "cancelling")
          this.jobs = this.jobs.filter(({ jobId }) => !ids.includes(String(jobId)));
      },
    },
    local: { users: [{ name: "opc", number: 1000 }], groups: [{ name: "hpc", number: 990 }] },
    forget: async (name) => {
      await Promise.resolve();
      this.forgotten.push(name);
    },
    clock: this.clock,
    log: silentLog,
  };

  async #account(work: () => AccountingOutcome): Promise<AccountingOutcome> {
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
