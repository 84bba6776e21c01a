import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import type { CallEntry } from "../sandbox/api/call-log.ts";
import { OUT_OF_CAPACITY } from "../sandbox/api/fault-rules.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { awaitState } from "../e2e/await-state.ts";
import { ApiLog } from "../e2e/api-log.ts";
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
/** The shape in its availability domain, then in each of its fault domains. */
const PLACEMENT_COUNT = 1 + 3;

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

async function refusedOf(log: ApiLog): Promise<readonly CallEntry[]> {
  return (await log.of("LaunchInstance")).filter(({ status }) => status === 500);
}

/** Refused launches before the same placement's cool-down had ended. They come in turn: after so many, the first again. */
function tooSoon(refused: readonly CallEntry[]): readonly CallEntry[] {
  return refused.filter(({ timeMs }, index) => {
    const before = refused[index - PLACEMENT_COUNT];
    return before !== undefined && timeMs - before.timeMs < RETRY_SECONDS * 1000;
  });
}

// Both at once: nearly all of the time is Slurm's timers'.
describe.concurrent.each(RELEASE_NAMES)("no capacity anywhere, %s", (release) => {
  let fixture: ClusterFixture;

  beforeAll(async () => {
    const timers = { resume_timeout: 40, cred_expire: 5, suspend_timeout: 5 };
    fixture = await ClusterFixture.start({ release, nodeCount: ROUNDS + 1, timers });
    await fixture.cluster.configure({
      retry_seconds: RETRY_SECONDS,
      capacity_cool_down_seconds: RETRY_SECONDS,
    });
  });

  afterAll(async () => {
    await fixture.stop();
  });

  test("the job is requeued and explained, never held, and runs when there is capacity", async (context) => {
    fixture.showLogsOnFailure(context);
    const { cluster, sandbox } = fixture;
    const log = await ApiLog.fromNow(sandbox);
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

    // All rounds may fit into one cool-down.
    await awaitState({
      what: "the cool-down ends, and a node asks again",
      timeoutSeconds: RETRY_SECONDS + ROUND_SECONDS_MAX,
      observe: () => refusedOf(log),
      isReached: ({ length }) => length > PLACEMENT_COUNT,
    });
    await sandbox.clearFaults();
    const done = await cluster.awaitJob(jobId, "COMPLETED");
    expect(done.restarts).toBeGreaterThanOrEqual(ROUNDS);
    expect(tooSoon(await refusedOf(log)), "asked for before a cool-down had ended").toEqual([]);
    await cluster.awaitNodes("back in service", 2 * RETRY_SECONDS, isOff);
  });
});
