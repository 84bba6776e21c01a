import { expect, test } from "vitest";
import { ApiLog } from "./api-log.ts";
import { sortedLines } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { isUp } from "./slurm-words.ts";

const NODE_COUNT = 20;
/** Of instances and addresses; a poll more for addresses that come late. */
const LIST_CALLS_MAX = 10;

test("a job on 20 nodes wakes all of them with one request a node and a handful of lists", async () => {
  const names = Array.from({ length: NODE_COUNT }, (_, index) => nodeName(index + 1));
  await ClusterFixture.use(
    { nodeCount: NODE_COUNT, suspendTimeSeconds: 3600 },
    async ({ cluster, sandbox }) => {
      const log = await ApiLog.fromNow(sandbox);
      const { exitCode, stdout, stderr } = await cluster.run([`--nodes=${NODE_COUNT}`, "hostname"]);
      expect(exitCode, stderr).toBe(0);
      expect(sortedLines(stdout)).toEqual(names);
      expect((await cluster.nodes()).filter(isUp).map(({ name }) => name)).toEqual(names);
      expect(await log.nodesOf("LaunchInstance")).toEqual(names);
      expect((await log.all()).length).toBeLessThanOrEqual(NODE_COUNT + LIST_CALLS_MAX);
    },
  );
});
