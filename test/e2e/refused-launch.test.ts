import { expect, test } from "vitest";
import { ApiLog } from "./api-log.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";

const REFUSED = nodeName(2);
const OTHERS = nodeNames(1, 3, 4);
/** From the launch's refusal to Slurm's word; ResumeTimeout, which nobody should have to wait for, is 60 s. */
const DOWN_SECONDS_MAX = 15;

test("a node that OCI has no capacity for is DOWN at once, and its job runs on others", async () => {
  await ClusterFixture.use(
    { nodeCount: 4, suspendTimeSeconds: 120 },
    async ({ cluster, sandbox }) => {
      const log = await ApiLog.fromNow(sandbox);
      await sandbox.addFault({
        operation: "LaunchInstance",
        match: { displayName: REFUSED },
        answer: {
          kind: "error",
          status: 500,
          code: "InternalError",
          message: "Out of host capacity.",
        },
      });
      const jobId = await cluster.submit(["--nodes=3", "--wrap", "srun hostname"]);
      const isDown = ({ base }: { base: string }): boolean => base === "DOWN";
      const [down] = await cluster.awaitNodes("DOWN", DOWN_SECONDS_MAX, isDown, [REFUSED]);
      expect(down?.reason).toMatch(
        /^startnode: VM\.Standard\.E4\.Flex in Uocm:PHX-AD-1: LaunchInstance: 500 .*Out of host capacity/,
      );
      const requeued = await cluster.job(jobId);
      expect(requeued).toMatchObject({ states: ["PENDING"], restarts: 1 });
      const job = await cluster.awaitJob(jobId, "COMPLETED");
      expect(job).toMatchObject({ nodeNames: OTHERS, restarts: 1 });
      expect(await cluster.linesOfJob(jobId)).toEqual(OTHERS);
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2, 3, 4));
      expect((await cluster.living()).map(({ displayName }) => displayName).toSorted()).toEqual(
        OTHERS,
      );
    },
  );
});
