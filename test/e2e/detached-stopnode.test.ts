import { expect, test } from "vitest";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";

const NODE = nodeName(1);
const LIBRARY = "/opt/citc/lib/stopnode.cjs";
const GATE = "/tmp/stopnode.open";
/** SuspendTime, SuspendTimeout and Slurm's looks. */
const STOP_SECONDS_MAX = 60;
/** slurmctld waits up to 10 s for its power programs, and its clients give up then. */
const RECONFIGURE_MS_MAX = 6_000;

/** stopnode does nothing before the gate is open: as long as OCI needs to answer on a bad day. */
async function closeGate(cluster: Cluster): Promise<void> {
  const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)";
  const line = `while (!require("node:fs").existsSync("${GATE}")) ${wait};`;
  await cluster.output(["sed", "--in-place", `1i ${line}`, LIBRARY]);
}

/** The session of the process that has these words in its command line; empty when there is none. */
async function sessionOf({ sandbox, management }: Cluster, words: string): Promise<string> {
  // Bracketed, so that the pattern does not find the command line that it is part of.
  const pattern = `[${words.slice(0, 1)}]${words.slice(1)}`;
  const script = `ps -eo sid=,args= | awk '/${pattern}/ { print $1; exit }'`;
  const { stdout } = await sandbox.exec(management, ["sh", "-c", script]);
  return stdout.trim();
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.for(RELEASE_NAMES)(
  "on %s Slurm does not wait for stopnode, and a reconfigure meanwhile is quick",
  async (release) => {
    await ClusterFixture.use({ release, nodeCount: 1 }, async ({ cluster }) => {
      const jobId = await cluster.submit(["--wrap=true"]);
      await cluster.awaitJob(jobId, "COMPLETED");
      await closeGate(cluster);
      const session = await awaitState({
        what: "Slurm has called stopnode",
        timeoutSeconds: STOP_SECONDS_MAX,
        observe: () => sessionOf(cluster, "node --.*stopnode"),
        isReached: (found) => found !== "",
      });
      expect(session).not.toBe(await sessionOf(cluster, "slurmctld -D"));
      const startedMs = performance.now();
      await cluster.output(["scontrol", "reconfigure"]);
      const durationMs = performance.now() - startedMs;
      expect(durationMs).toBeLessThan(RECONFIGURE_MS_MAX);
      expect(await cluster.living()).toHaveLength(1);
      await cluster.output(["touch", GATE]);
      await awaitState({
        what: `the instance of ${NODE} is gone`,
        timeoutSeconds: STOP_SECONDS_MAX,
        observe: () => cluster.living(),
        isReached: (living) => living.length === 0,
      });
    });
  },
);
