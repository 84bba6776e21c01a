import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "../../../nodectl/cli/run.ts";
import { readConfiguration } from "../configuration.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Terminal } from "../terminal.ts";
import { printStep } from "./print.ts";

const LOOK_INTERVAL_MS = 500;
const PLAYBOOK_LOG = "/root/ansible-pull.log";
/** `TASK [slurm : Write slurm.conf]`: the roles in their order. */
const ROLES_SCRIPT = `sed --quiet 's/^TASK \\[\\([a-z_]*\\) : .*/\\1/p' ${PLAYBOOK_LOG} | uniq`;
/** What the roles are for; one that is used by others has no line of its own. */
export const ROLES: Readonly<Record<string, string>> = {
  base: "time, journal, security updates",
  ssh: "the host keys of the nodes",
  firewall: "the metadata service is for root and slurm alone",
  shared_filesystem: "/mnt/shared is mounted",
  directory: "389 Directory Server, with TLS",
  sssd: "its users can log in",
  munge: "the cluster's key",
  database: "MariaDB",
  slurmdbd: "accounting",
  slurm: "slurmctld",
  nodectl: "startnode, stopnode, finish, citc",
  software: "Lmod, OpenMPI",
};

export interface ManagementBoot {
  readonly instanceOcid: string;
  readonly poweredOnMs: number;
  readonly timeoutMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Prints a management node's way from its power-on until its playbook has ended. @throws CommandError when that fails or takes too long */
export async function watchManagement(
  sandbox: Sandbox,
  terminal: Terminal,
  { instanceOcid, poweredOnMs, timeoutMs, signal }: ManagementBoot,
): Promise<void> {
  const seen = new Set<string>();
  const tell = (step: string, meaning: string): void => {
    if (seen.has(step)) return;
    seen.add(step);
    printStep(terminal, Date.now() - poweredOnMs, step, meaning);
  };
  for (;;) {
    signal.throwIfAborted();
    const console = await sandbox.console(instanceOcid);
    const configuration = readConfiguration(console);
    if (console.includes("cloud-init")) tell("cloud-init", "begins");
    if (configuration.kind !== "waiting") tell("playbook", "ansible-pull runs management.yml");
    for (const role of await rolesSoFar(sandbox)) tell(role, ROLES[role] ?? "");
    switch (configuration.kind) {
      case "configured":
        tell("configured", "slurmctld is up; an admin can run finish");
        return;
      case "failed":
        throw new CommandError(`the management node's playbook failed:\n${configuration.words}`);
      case "waiting":
      case "running-playbook":
    }
    if (Date.now() - poweredOnMs > timeoutMs) {
      throw new CommandError(
        `the management node is not configured after ${timeoutMs / 1000} s; run it again with --keep-logs and read its console.log`,
      );
    }
    await delay(LOOK_INTERVAL_MS);
  }
}

/** None before the playbook runs. */
async function rolesSoFar(sandbox: Sandbox): Promise<readonly string[]> {
  const { stdout } = await sandbox.exec("mgmt", ["sh", "-c", ROLES_SCRIPT]);
  return stdout.split("\n").filter((role) => Object.hasOwn(ROLES, role));
}
