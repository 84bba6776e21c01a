import { expect } from "vitest";
import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { isUp } from "./slurm-words.ts";

const WAKE_TIMEOUT_SECONDS = 40;
const START_TIMEOUT_SECONDS = 60;
const RUN_SECONDS_MAX = 300;

/** Wakes nodes without a job, so that a job then starts at once on every release. */
export async function wakeByHand(cluster: Cluster, names: readonly string[]): Promise<void> {
  await cluster.update(names.join(","), "state=power_up");
  await cluster.awaitNodes(`${names.join()} are up`, WAKE_TIMEOUT_SECONDS, isUp, names);
}

/** An srun that runs on one node until the test lets it end: whatever ends its job sooner is seen. */
export class HeldJob {
  readonly jobId: string;
  private readonly cluster: Cluster;
  private readonly node: string;
  private readonly ended: Promise<CommandResult>;

  private constructor(
    cluster: Cluster,
    node: string,
    jobId: string,
    ended: Promise<CommandResult>,
  ) {
    this.cluster = cluster;
    this.node = node;
    this.jobId = jobId;
    this.ended = ended;
  }

  /** On a node that is up. */
  static async start(cluster: Cluster, node: string): Promise<HeldJob> {
    const script = `until test -e release-${node}; do sleep 0.1; done; hostname`;
    const ended = cluster.sandbox.exec(
      cluster.management,
      ["srun", `--nodelist=${node}`, `--job-name=${node}`, "sh", "-c", script],
      { user: "alice", timeoutSeconds: RUN_SECONDS_MAX },
    );
    // Looked at in finish(); a sandbox that is stopped before that is no error of its own.
    ended.catch(() => undefined);
    const query = ["squeue", "--noheader", `--name=${node}`, "--states=RUNNING", "--format=%i"];
    const jobId = await awaitState({
      what: `a job runs on ${node}`,
      timeoutSeconds: START_TIMEOUT_SECONDS,
      observe: () => cluster.output(query),
      isReached: (answer) => /^\d+$/.test(answer),
    });
    return new HeldJob(cluster, node, jobId, ended);
  }

  /** It runs, and never began anew. */
  async expectToRun(): Promise<void> {
    const { states, nodeNames, restarts } = await this.cluster.job(this.jobId);
    expect({ states, nodeNames, restarts }).toEqual({
      states: ["RUNNING"],
      nodeNames: [this.node],
      restarts: 0,
    });
  }

  /** Lets it end; it must have run undisturbed to its last line. */
  async end(): Promise<void> {
    await this.expectToRun();
    await this.cluster.output(["touch", `release-${this.node}`], "alice");
    const { exitCode, stdout, stderr } = await this.ended;
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${this.node}\n`,
      stderr: "",
    });
    await this.cluster.output(["rm", `release-${this.node}`], "alice");
  }
}
