import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";
import { awaitState } from "../e2e/await-state.ts";
import type { Cluster } from "../e2e/cluster.ts";
import { ClusterFixture } from "../e2e/cluster-fixture.ts";
import { isOff } from "../e2e/slurm-words.ts";

const ROUNDS = 8;
/** From the refused launch to Slurm's and the user's knowing. ResumeTimeout, which nobody should wait for, is 40 s. */
const TOLD_SECONDS_MAX = 30;
/** One node is refused after another: from one to the next are cred_expire and a tick of the scheduler. */
const ROUND_SECONDS_MAX = 60;
/** Longer than ResumeTimeout, after which Slurm kills or forgets much. */
const RETRY_SECONDS = 60;
const RELEASES: readonly ReleaseName[] = ["bookworm", "trixie"];
const OUT_OF_CAPACITY = {
  kind: "error",
  status: 500,
  code: "InternalError",
  message: "Out of host capacity.",
} as const;

interface ShownJob {
  readonly states: string;
  readonly reason: string;
  readonly priority: number;
  readonly restarts: number;
  readonly text: string;
}

/** What alice sees of her job. */
async function showJob(cluster: Cluster, jobId: string): Promise<ShownJob> {
  const text = await cluster.output(["scontrol", "--oneliner", "show", "job", jobId], "alice");
  const field = (key: string): string => new RegExp(`\\b${key}=(\\S+)`).exec(text)?.[1] ?? "";
  return {
    states: field("JobState"),
    reason: field("Reason"),
    priority: Number(field("Priority")),
    restarts: Number(field("Restarts")),
    text,
  };
}

function isFailed({ base, reason }: SlurmNode): boolean {
  return base === "DOWN" && reason.startsWith("startnode:");
}

// Both at once: nearly all of the time is Slurm's timers'.
describe.concurrent.each(RELEASES)("no capacity anywhere, %s", (release) => {
  let fixture: ClusterFixture;

  beforeAll(async () => {
    const timers = { resume_timeout: 40, cred_expire: 5, suspend_timeout: 5 };
    fixture = await ClusterFixture.start({ release, nodeCount: ROUNDS + 1, timers });
    await fixture.sandbox.exec("mgmt", ["tee", "--append", "/etc/citc/startnode.yaml"], {
      stdin: `retry_seconds: ${RETRY_SECONDS}\ncapacity_cool_down_seconds: ${RETRY_SECONDS}\n`,
    });
  });

  afterAll(async () => {
    await fixture.stop();
  });

  test("the job is requeued and explained, never held, and runs when there is capacity", async (context) => {
    fixture.showLogsOnFailure(context);
    const { cluster, sandbox } = fixture;
    await sandbox.addFault({ operation: "LaunchInstance", answer: OUT_OF_CAPACITY });
    const jobId = await cluster.submit(["--nodes=1", "--comment=mine", "--wrap", "hostname"]);

    const told = await awaitState({
      what: "the job is requeued",
      timeoutSeconds: TOLD_SECONDS_MAX,
      observe: () => showJob(cluster, jobId),
      isReached: ({ restarts }) => restarts > 0,
    });
    expect(told.text).toMatch(
      /AdminComment=startnode: no machine to be had: .*Out of host capacity.*; next try after 20\d\d-/,
    );
    expect(told.text).toMatch(/ Comment=mine /);
    // For a moment, between its power-down and stopnode's word, the node is idle and cannot be had.
    const [down] = await awaitState({
      what: "the node stays DOWN",
      timeoutSeconds: 15,
      observe: async () => (await cluster.nodes()).filter(isFailed),
      isReached: (failed) => failed.length > 0,
    });
    expect(down?.reason).toMatch(
      /^startnode: 500 .*Out of host capacity for VM\.Standard\.E4\.Flex\S* in .* \[next try 20.*\]/,
    );

    for (let round = 2; round <= ROUNDS; round++) {
      await awaitState({
        what: `round ${round}`,
        timeoutSeconds: ROUND_SECONDS_MAX,
        observe: () => showJob(cluster, jobId),
        isReached: ({ restarts }) => restarts >= round,
      });
    }
    const waiting = await showJob(cluster, jobId);
    expect(waiting).toMatchObject({ states: "PENDING" });
    expect(waiting.reason).not.toMatch(/hold|held/i);
    expect(waiting.priority).toBeGreaterThan(0);

    await sandbox.clearFaults();
    const done = await cluster.awaitJob(jobId, "COMPLETED");
    // What had no machine is not asked for again before its cool-down has ended.
    expect(done.restarts).toBeGreaterThanOrEqual(ROUNDS);
    await cluster.awaitNodes("back in service", 2 * RETRY_SECONDS, isOff);
  });
});
