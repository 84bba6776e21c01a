import type { FinishOutcome } from "../../nodectl/commands/finish-context.ts";
import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import type { Cluster } from "./cluster.ts";
import { limitsOf, type LimitsOptions } from "./cluster-fixture.ts";

const SLURM_DIRECTORY = "/mnt/shared/etc/slurm";
const SLURMCTLD_LOG = "/var/log/slurm/slurmctld.log";
const LIMITS_FILE = "/home/opc/limits.yaml";
/** It waits for slurmctld at most twice, and before that for another finish. */
const FINISH_TIMEOUT_SECONDS = 180;

/** What slurmctld went through: a reconfigure keeps its process, on old releases a restart does not. */
export interface SlurmctldHistory {
  readonly processId: number;
  readonly reconfigurations: number;
}

/** What finish wrote and whom it told. */
export interface Footprint {
  /** A line a file, those of the generation before included: path, inode, times, and a digest of the content. */
  readonly files: string;
  readonly slurmctld: SlurmctldHistory;
}

/** The admin of a cluster: edits limits.yaml, runs ~opc/finish as opc, and looks at what came of it. */
export class Admin {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  async write(file: string, text: string, owner: "root" | "opc" = "root"): Promise<void> {
    const { sandbox, management } = this.cluster;
    const written = await sandbox.exec(management, ["tee", file], { user: owner, stdin: text });
    if (written.exitCode !== 0) throw new Error(`${file}: ${written.stderr}`);
  }

  finish(...options: readonly string[]): Promise<CommandResult> {
    const { sandbox, management } = this.cluster;
    return sandbox.exec(management, ["./finish", ...options], {
      user: "opc",
      timeoutSeconds: FINISH_TIMEOUT_SECONDS,
    });
  }

  async finishWith(limits: LimitsOptions, ...options: readonly string[]): Promise<CommandResult> {
    await this.write(LIMITS_FILE, limitsOf(limits), "opc");
    return this.finish(...options);
  }

  /** Runs finish, which must succeed, and resolves with what it reports to a script. */
  async configure(limits: LimitsOptions): Promise<FinishOutcome> {
    const result = await this.finishWith(limits, "--json");
    if (result.exitCode === 0) return JSON.parse(result.stdout) as FinishOutcome;
    throw new Error(`finish failed: ${JSON.stringify(result)}`);
  }

  read(fileName: "slurm.conf" | "nodes.json"): Promise<string> {
    return this.cluster.output(["cat", `${SLURM_DIRECTORY}/${fileName}`]);
  }

  async slurmctldLog(): Promise<readonly string[]> {
    return (await this.cluster.output(["cat", SLURMCTLD_LOG])).split("\n");
  }

  async slurmctld(): Promise<SlurmctldHistory> {
    const log = await this.slurmctldLog();
    return {
      processId: Number(await this.cluster.output(["cat", "/run/slurm/slurmctld.pid"])),
      reconfigurations: log.filter((line) => line.includes("Processing Reconfiguration Request"))
        .length,
    };
  }

  async footprint(): Promise<Footprint> {
    const describe = `find ${SLURM_DIRECTORY} -printf '%p %i %M %T@ %C@\\n' -type f -exec sha256sum {} + | sort`;
    return {
      files: await this.cluster.output(["bash", "-o", "pipefail", "-c", describe]),
      slurmctld: await this.slurmctld(),
    };
  }

  /** Digests of the generation's files, without their times. */
  generation(): Promise<string> {
    const command = `cd ${SLURM_DIRECTORY} && sha256sum slurm.conf gres.conf nodes.json`;
    return this.cluster.output(["sh", "-c", command]);
  }
}
