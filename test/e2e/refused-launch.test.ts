import { expect, test } from "vitest";
import { ApiLog } from "./api-log.ts";
import { ClusterFixture } from "./cluster-fixture.ts";
import { NO_CAPACITY_IN_AD_1 } from "./no-capacity.ts";

/** From the launch's refusal to Slurm's word; ResumeTimeout, which nobody should have to wait for, is 60 s. */
const DOWN_SECONDS_MAX = 15;

function names(place: string, ...numbers: readonly number[]): string[] {
  return numbers.map((number) => `vm-standard-e4-flex-1-8-${place}000${number}`);
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent(
  "nodes of a full availability domain are DOWN at once, and their job runs on those of another",
  async () => {
    const options = { nodeCount: 5, counts: { 1: 2, 2: 3 }, suspendTimeSeconds: 120 };
    await ClusterFixture.use(options, async ({ cluster, sandbox }) => {
      const log = await ApiLog.fromNow(sandbox);
      await sandbox.addFault(NO_CAPACITY_IN_AD_1);
      const jobId = await cluster.submit(["--nodes=3", "--wrap", "srun hostname"]);
      const isDown = ({ base }: { base: string }): boolean => base === "DOWN";
      const full = names("ad1-", 1, 2);
      const [down] = await cluster.awaitNodes("DOWN", DOWN_SECONDS_MAX, isDown, full);
      expect(down?.reason).toMatch(
        /^startnode: 500 .*Out of host capacity for VM\.Standard\.E4\.Flex\.1\.8 in PHX-AD-1 \[next try/,
      );
      const job = await cluster.awaitJob(jobId, "COMPLETED");
      const others = names("ad2-", 1, 2, 3);
      expect(job).toMatchObject({ nodeNames: others, restarts: 1 });
      expect(await cluster.linesOfJob(jobId)).toEqual(others);
      const living = (await cluster.living()).map(({ displayName }) => displayName).toSorted();
      expect(living).toEqual(others);
      // The two launches under way when the first answer came, then each fault domain once.
      const tried = (await log.nodesOf("LaunchInstance")).filter((name) => name?.includes("ad1"));
      expect(tried.length).toBeLessThanOrEqual(2 + 3);
    });
  },
);

test.concurrent(
  "nodes of any availability domain are launched where there is capacity, and the job knows nothing of it",
  async () => {
    await ClusterFixture.use(
      { nodeCount: 3, counts: 3, suspendTimeSeconds: 120 },
      async ({ cluster, sandbox }) => {
        await sandbox.addFault(NO_CAPACITY_IN_AD_1);
        const jobId = await cluster.submit(["--nodes=3", "--wrap", "srun hostname"]);
        const job = await cluster.awaitJob(jobId, "COMPLETED");
        expect(job).toMatchObject({ nodeNames: names("", 1, 2, 3), restarts: 0 });
        const places = (await cluster.living()).map(({ availabilityDomain }) => availabilityDomain);
        expect(places).toHaveLength(3);
        expect(places).not.toContain("Uocm:PHX-AD-1");
      },
    );
  },
);
