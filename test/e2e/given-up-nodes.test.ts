import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { abandonNodes, failNodes, type FailContext } from "../../nodectl/commands/fail-nodes.ts";
import { resumeJobs } from "../../nodectl/domain/resume-jobs.ts";
import { unwantedNodes } from "../../nodectl/domain/unwanted-nodes.ts";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { createScontrol } from "../../nodectl/slurm/scontrol.ts";
import { silentLog } from "../nodectl/commands/silent-log.ts";
import { RELEASE_NAMES, type ReleaseName } from "../sandbox/machines/releases.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { isOff } from "./slurm-words.ts";

const RETRY_DELAY_MS = 600_000;
/** Well below ResumeTimeout, 60 s here, until which an idle node that wakes would be nobody's. */
const BACK_SECONDS_MAX = 30;
const WAKE_SECONDS_MAX = 20;
const STARTNODE = "/usr/local/bin/startnode";

/** Slurm's commands on the management node, as programs of this computer. */
async function commandsOf({ sandbox, management }: Cluster): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "given-up-"));
  const enter = (await sandbox.enterCommand(management, [])).join(" ");
  for (const program of ["scontrol", "sinfo", "squeue"]) {
    const file = join(directory, program);
    await writeFile(file, `#!/bin/sh\nexec ${enter} /usr/bin/${program} "$@"\n`);
    await chmod(file, 0o755);
  }
  return directory;
}

function isWaking({ flags }: SlurmNode): boolean {
  return flags.has("POWERING_UP");
}

/** A cluster whose nodes wake and whose startnode launches nothing. */
class Bench {
  readonly cluster: Cluster;
  private readonly binDirectory: string;

  private constructor(cluster: Cluster, binDirectory: string) {
    this.cluster = cluster;
    this.binDirectory = binDirectory;
  }

  static async use(release: ReleaseName, body: (own: Bench) => Promise<void>): Promise<void> {
    const options = { release, nodeCount: 6, suspendTimeSeconds: 120 };
    await ClusterFixture.use(options, async ({ cluster }) => {
      const binDirectory = await commandsOf(cluster);
      try {
        await cluster.output(["mv", STARTNODE, `${STARTNODE}.real`]);
        await cluster.output(["install", "-m", "755", "/bin/true", STARTNODE]);
        await body(new Bench(cluster, binDirectory));
      } finally {
        await rm(binDirectory, { recursive: true });
      }
    });
  }

  /** What startnode has when Slurm calls it for that job's nodes. */
  contextFor(jobId: string, names: readonly string[]): FailContext {
    const { binDirectory } = this;
    const clock = systemClock;
    return {
      slurm: createScontrol({
        binDirectory,
        slurmConf: "/etc/slurm/slurm.conf",
        clock,
        log: silentLog,
      }),
      resumeJobs: resumeJobs([{ jobId: Number(jobId), nodeNames: names }]),
      retryDelayMs: RETRY_DELAY_MS,
      clock,
      log: silentLog,
    };
  }

  /** From now on nodes that wake get their machines. */
  async launchAgain(): Promise<void> {
    await this.cluster.output(["mv", `${STARTNODE}.real`, STARTNODE]);
  }
}

async function expectTerminalToBeTold(bench: Bench, name: string): Promise<void> {
  const { cluster } = bench;
  const run = cluster.run(["--nodelist", name, "hostname"]);
  await cluster.awaitNodes("waking", WAKE_SECONDS_MAX, isWaking, [name]);
  const words = ["squeue", "--noheader", `--nodelist=${name}`, "--Format=JobID"];
  const jobId = await cluster.output(words);
  await failNodes(bench.contextFor(jobId, [name]), [{ nodeName: name, reason: "no room" }]);
  const { exitCode, stderr } = await run;
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/srun: startnode: no machine to be had: no room; next try after 20/);
}

async function expectUnwantedToBeKnown({ cluster }: Bench, name: string): Promise<void> {
  const isUnwanted = async (): Promise<boolean> =>
    unwantedNodes(await cluster.nodes(), [name]).includes(name);
  const jobId = await cluster.submit(["--nodelist", name, "--wrap", "hostname"]);
  await cluster.awaitNodes("waking", WAKE_SECONDS_MAX, isWaking, [name]);
  expect(await isUnwanted()).toBe(false);
  await cluster.output(["scancel", jobId]);
  await cluster.awaitJob(jobId, "CANCELLED");
  expect(await isUnwanted()).toBe(false);
  await cluster.update(name, "state=power_down_force");
  const isGoing = ({ flags }: SlurmNode): boolean => flags.has("POWERING_DOWN");
  await cluster.awaitNodes("powering down", BACK_SECONDS_MAX, isGoing, [name]);
  expect(await isUnwanted()).toBe(true);
  await cluster.awaitNodes("off", BACK_SECONDS_MAX, isOff, [name]);
  expect(await isUnwanted()).toBe(true);
}

async function expectNodesToBeGivenBack(bench: Bench, names: readonly string[]): Promise<void> {
  const { cluster } = bench;
  const jobId = await cluster.submit(["--nodes", String(names.length), "--wrap", "srun hostname"]);
  await cluster.awaitNodes("waking", WAKE_SECONDS_MAX, isWaking, names);
  const [first = "", ...others] = names;
  const own = bench.contextFor(jobId, names);
  await failNodes(own, [{ nodeName: first, reason: "no room" }]);
  const reason = `its job cannot have ${first}`;
  await abandonNodes(
    own,
    others.map((nodeName) => ({ nodeName, reason })),
  );
  await cluster.awaitNodes("idle again", BACK_SECONDS_MAX, isOff, others);
  const isDownAndOff = ({ base, flags }: SlurmNode): boolean =>
    base === "DOWN" && flags.has("POWERED_DOWN");
  const [down] = await cluster.awaitNodes("DOWN, off", BACK_SECONDS_MAX, isDownAndOff, [first]);
  expect(down?.reason).toMatch(/^startnode: no room \[next try /);
  expect(down?.address).toBe(first);
  await bench.launchAgain();
  const job = await cluster.awaitJob(jobId, "COMPLETED");
  expect(job.nodeNames).toEqual(expect.arrayContaining([...others]));
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.each(RELEASE_NAMES)("nodes that wake and get no machine, %s", async (release) => {
  await Bench.use(release, async (bench) => {
    await expectTerminalToBeTold(bench, nodeName(5));
    await expectUnwantedToBeKnown(bench, nodeName(6));
    await expectNodesToBeGivenBack(bench, nodeNames(1, 2, 3));
  });
});
