import { expect, test } from "vitest";
import { RELEASE_NAMES, type ReleaseName } from "../sandbox/machines/releases.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { awaitWaitingJobs, processes, startDelayMs } from "./waiting-scripts.ts";

const ALL = Array.from({ length: 13 }, (_, index) => index + 1);
/** Long enough for what happens to the jobs while their nodes boot. */
const BOOT_MS = 25_000;
/** By itself slurmctld looks every 30 s; the script about once a second, later on a busy computer. */
const START_DELAY_MS_MAX = 5000;
/** Slurm kills the script; where it does not, the script looks for its job about every 10 s. */
const KILLED_SECONDS_MAX = 8;
const NOTICED_SECONDS_MAX = 25;
const SUBMITTED_SECONDS_MAX = 20;
/** ResumeTimeout of the fixture is 60 s. */
const GIVEN_UP_SECONDS_MAX = 110;

async function rawJobId(cluster: Cluster, jobId: string): Promise<number> {
  return Number(await cluster.output(["squeue", "--noheader", `--jobs=${jobId}`, "--format=%A"]));
}

function submitOn(cluster: Cluster, numbers: readonly number[], ...options: readonly string[]) {
  const names = numbers.map(nodeName).join(",");
  const command = ["--exclusive", `--nodelist=${names}`, ...options, "--wrap", "true"];
  return cluster.submit(command);
}

/** A job that waits for its node like srun and salloc do: with somebody at the terminal. */
function interactive(cluster: Cluster, program: "srun" | "salloc", number: number) {
  const argv = [program, "--exclusive", `--nodelist=${nodeName(number)}`, `--job-name=${program}`];
  const { sandbox, management } = cluster;
  return sandbox.exec(management, [...argv, "true"], { user: "alice", timeoutSeconds: 100 });
}

async function idOfName(cluster: Cluster, name: string): Promise<string> {
  return awaitState({
    what: `${name} has a job`,
    timeoutSeconds: SUBMITTED_SECONDS_MAX,
    observe: () => cluster.output(["squeue", "--noheader", `--name=${name}`, "--format=%i"]),
    isReached: (text) => /^\d+$/.test(text),
  });
}

/** The node's instance goes while it boots: the node will never register. */
async function loseInstance(cluster: Cluster, number: number): Promise<void> {
  const instances = await awaitState({
    what: `${nodeName(number)} has an instance`,
    timeoutSeconds: SUBMITTED_SECONDS_MAX,
    observe: () => cluster.living(),
    isReached: (living) => living.some(({ displayName }) => displayName === nodeName(number)),
  });
  const lost = instances.find(({ displayName }) => displayName === nodeName(number));
  await cluster.sandbox.act(lost?.instanceOcid ?? "", "terminate");
}

/** Submits a job of each kind; all of their nodes are off. */
async function submitAll(cluster: Cluster) {
  const batch = await submitOn(cluster, [1, 2, 3]);
  const others = nodeNames(...ALL.filter((number) => number !== 4 && number !== 5)).join(",");
  const array = await cluster.submit([
    ...["--exclusive", "--array=1-2", `--exclude=${others}`],
    ...["--wrap", "true"],
  ]);
  const cancelled = await submitOn(cluster, [6]);
  const requeued = await submitOn(cluster, [7]);
  const down = await submitOn(cluster, [8]);
  const lost = await submitOn(cluster, [9, 10, 11]);
  const ends = [interactive(cluster, "srun", 12), interactive(cluster, "salloc", 13)];
  const srun = await idOfName(cluster, "srun");
  const salloc = await idOfName(cluster, "salloc");
  return { batch, array, cancelled, requeued, down, lost, srun, salloc, ends };
}

type Jobs = Awaited<ReturnType<typeof submitAll>>;

/** What ends a wait before the nodes are there: nothing of the job's script may stay. */
async function endSomeWaits(cluster: Cluster, jobs: Jobs): Promise<void> {
  const { batch, array, cancelled, requeued, down, lost, srun, salloc } = jobs;
  const labels = [batch, `${array}_1`, `${array}_2`, srun, salloc, lost];
  const staying = await Promise.all(labels.map((label) => rawJobId(cluster, label)));
  const leaving = [cancelled, requeued, down].map(Number);
  await awaitWaitingJobs(cluster, [...staying, ...leaving], SUBMITTED_SECONDS_MAX);
  // 24.11 kills all of them, and starts them again; 22.05 does neither.
  await cluster.output(["scontrol", "reconfigure"]);
  await awaitWaitingJobs(cluster, [...staying, ...leaving], SUBMITTED_SECONDS_MAX);
  expect(await processes(cluster)).toContain("/usr/local/bin/wait-for-nodes");
  await cluster.output(["scancel", cancelled]);
  await awaitWaitingJobs(cluster, [...staying, ...leaving.slice(1)], KILLED_SECONDS_MAX);
  await cluster.update(nodeName(8), "state=down", "reason=test");
  await cluster.output(["scontrol", "requeuehold", requeued]);
  // 22.05 leaves both of their scripts alone: one sees its node DOWN, the other that its job configures no more.
  await awaitWaitingJobs(cluster, staying, NOTICED_SECONDS_MAX);
  for (const jobId of [requeued, down]) {
    expect(await cluster.job(jobId)).toMatchObject({ states: ["PENDING"], restarts: 1 });
  }
}

async function expectPromptStarts(cluster: Cluster, jobs: Jobs, release: ReleaseName) {
  const { batch, array, srun, salloc, ends } = jobs;
  const delays: Record<string, number> = {};
  for (const jobId of [batch, `${array}_1`, `${array}_2`]) {
    await cluster.awaitJob(jobId, "COMPLETED");
    delays[jobId] = await startDelayMs(cluster, jobId);
  }
  for (const { exitCode, stderr } of await Promise.all(ends)) expect(exitCode, stderr).toBe(0);
  delays["srun"] = await startDelayMs(cluster, srun);
  delays["salloc"] = await startDelayMs(cluster, salloc);
  process.stdout.write(`${release}: ms from registration to start: ${JSON.stringify(delays)}\n`);
  expect(Math.max(...Object.values(delays))).toBeLessThan(START_DELAY_MS_MAX);
}

/** A job whose third node never comes is given up at ResumeTimeout, and its script with it. */
async function expectGivenUp(cluster: Cluster, jobId: string): Promise<void> {
  await awaitState({
    what: "the job was requeued",
    timeoutSeconds: GIVEN_UP_SECONDS_MAX,
    observe: () => cluster.job(jobId),
    isReached: ({ states, restarts }) => states.includes("PENDING") && restarts === 1,
  });
  await cluster.output(["scancel", jobId]);
  await awaitWaitingJobs(cluster, [], KILLED_SECONDS_MAX);
  expect(await processes(cluster)).toBe("");
}

test.concurrent.for(RELEASE_NAMES)(
  "%s: jobs start when their nodes are there, and no script outlives the wait for them",
  async (release) => {
    const cloud = { bootMs: BOOT_MS };
    const options = { release, nodeCount: ALL.length, suspendTimeSeconds: 3600, cloud };
    await ClusterFixture.use(options, async ({ cluster }) => {
      // Nobody sees that an instance is lost while it boots: Slurm itself has to give the node up.
      await cluster.configure({ watch_seconds: 0 });
      const jobs = await submitAll(cluster);
      await loseInstance(cluster, 11);
      await endSomeWaits(cluster, jobs);
      await expectPromptStarts(cluster, jobs, release);
      await expectGivenUp(cluster, jobs.lost);
      // Nodes that are up keep nobody waiting, and nobody notices the script.
      const next = await submitOn(cluster, [1, 2, 3]);
      await cluster.awaitJob(next, "COMPLETED");
      expect(await processes(cluster)).toBe("");
    });
  },
);
