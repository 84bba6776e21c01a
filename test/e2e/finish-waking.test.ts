import { expect, test } from "vitest";
import { Admin } from "./admin.ts";
import { ClusterFixture, nodeNames } from "./cluster-fixture.ts";

const NEVER_SECONDS = 3600;
/** Long enough that finish comes, and on trixie ends, while the nodes wake: also on a busy computer. */
const CLOUD = { bootMs: 25_000 };

test.for([
  ["bookworm", "waits for"],
  ["trixie", "does not disturb"],
] as const)(
  "%s: finish %s a job of two nodes that are waking, and its srun finds both",
  { concurrent: true },
  async ([release]) => {
    const limits = { nodeCount: 2, suspendTimeSeconds: NEVER_SECONDS };
    await ClusterFixture.use({ release, cloud: CLOUD, ...limits }, async ({ cluster }) => {
      const jobId = await cluster.submit(["--nodes=2", "--wrap=srun hostname"]);
      await cluster.awaitJob(jobId, "CONFIGURING");
      const result = await new Admin(cluster).finishWith({ ...limits, nodeCount: 3 });
      expect(result.exitCode, result.stderr).toBe(0);
      // Told while the nodes still woke; on bookworm only when they were there.
      const { states } = await cluster.job(jobId);
      expect(states.includes("CONFIGURING"), states.join()).toBe(release === "trixie");
      const waits = `waiting up to 120 s for jobs whose nodes are waking: ${jobId} (alice, 2 nodes)`;
      expect(result.stderr.includes(waits), result.stderr).toBe(release === "bookworm");
      expect((await cluster.nodes()).map(({ name }) => name)).toEqual(nodeNames(1, 2, 3));
      await cluster.awaitJob(jobId, "COMPLETED");
      expect(await cluster.linesOfJob(jobId)).toEqual(nodeNames(1, 2));
    });
  },
);
