import { parse, stringify } from "yaml";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Admin } from "./admin.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, limitsOf, nodeName, nodeNames } from "./cluster-fixture.ts";
import { GatedProgram } from "./gated-program.ts";
import { HeldJob, wakeByHand } from "./held-job.ts";

const NEVER_SECONDS = 3600;
const FINISH = "/usr/local/bin/finish";
const RESTART = { file: "/usr/local/sbin/restart-slurmctld", words: [] };
const RECONFIGURE = { file: "/usr/bin/scontrol", words: ["reconfigure"] };

/** The limits with nodes of another size: a job ends with NODE_FAIL when that becomes of its node. */
function resized(text: string): string {
  const parsed = parse(text) as Record<string, unknown>;
  const [shape = ""] = Object.keys(parsed);
  const slurm_options = { CoresPerSocket: 2 };
  return stringify({ ...parsed, [shape]: { count: parsed[shape], slurm_options } });
}

function limits(nodeCount: number): string {
  return limitsOf({ nodeCount, suspendTimeSeconds: NEVER_SECONDS });
}

describe.for([
  ["bookworm", "before slurmctld is restarted", RESTART],
  ["bookworm", "before the slurmds are told", RECONFIGURE],
  ["trixie", "before slurmctld is told", RECONFIGURE],
] as const)("on %s, %s", { concurrent: true }, ([release, , telling]) => {
  describe("finish", { concurrent: false }, () => {
    let fixture: ClusterFixture;
    let cluster: Cluster;
    let admin: Admin;
    let job: HeldJob;
    let gate: GatedProgram;

    beforeAll(async () => {
      fixture = await ClusterFixture.start({
        release,
        nodeCount: 1,
        suspendTimeSeconds: NEVER_SECONDS,
      });
      cluster = fixture.cluster;
      admin = new Admin(cluster);
      gate = await GatedProgram.install(cluster, telling.file, telling.words);
      await wakeByHand(cluster, [nodeName(1)]);
      job = await HeldJob.start(cluster, nodeName(1));
      return () => fixture.stop();
    });
    beforeEach((context) => {
      fixture.showLogsOnFailure(context);
    });

    async function knownNodes(): Promise<readonly string[]> {
      return (await cluster.nodes()).map(({ name }) => name);
    }

    /** nodes.json and slurm.conf are of one generation. */
    async function expectOneGeneration(): Promise<void> {
      const { generation } = JSON.parse(await admin.read("nodes.json")) as { generation: string };
      expect(await admin.read("slurm.conf")).toContain(`# Generation ${generation},`);
    }

    test("killed is finished by the next run, and the job that runs does not notice", async () => {
      await admin.write("limits.yaml", limits(2), "opc");
      const { reconfigurations } = await admin.slurmctld();
      await gate.close();
      const killed = admin.finish();
      await gate.awaitCaller();
      expect(await admin.read("slurm.conf")).toContain("[0001-0002]");
      expect(await fixture.sandbox.kill(cluster.management, FINISH)).toBe(true);
      expect((await killed).exitCode).not.toBe(0);
      await gate.killWaiting();
      expect((await admin.slurmctld()).reconfigurations).toBe(reconfigurations);
      const next = await admin.finish();
      expect(next.exitCode, next.stderr).toBe(0);
      expect((await admin.slurmctld()).reconfigurations).toBe(reconfigurations + 1);
      expect(await knownNodes()).toEqual(nodeNames(1, 2));
      await expectOneGeneration();
      expect((await admin.finish()).stdout).toContain("Nothing to do");
      await job.expectToRun();
    });

    test("waits for another run, and the last one's limits are what the cluster has", async () => {
      await admin.write("three.yaml", limits(3), "opc");
      await admin.write("four.yaml", limits(4), "opc");
      await gate.close();
      const first = admin.finish("--limits", "/home/opc/three.yaml");
      await gate.awaitCaller();
      const second = admin.finish("--limits", "/home/opc/four.yaml");
      await awaitState({
        what: "the second run waits for the first one's lock",
        timeoutSeconds: 20,
        observe: () => cluster.output(["cat", "/proc/locks"]),
        isReached: (locks) => locks.includes("-> FLOCK"),
      });
      expect(await admin.read("slurm.conf")).toContain("[0001-0003]");
      await gate.open();
      const results = await Promise.all([first, second]);
      expect(results, JSON.stringify(results)).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
      expect(await knownNodes()).toEqual(nodeNames(1, 2, 3, 4));
      await expectOneGeneration();
      const third = await admin.finish("--limits", "/home/opc/four.yaml");
      expect(third.stdout).toContain("Nothing to do");
    });

    test("leaves nodes that can be used, beside the job that ran all the time", async () => {
      await wakeByHand(cluster, [nodeName(4)]);
      const result = await cluster.run([`--nodelist=${nodeName(4)}`, "hostname"]);
      expect(result).toMatchObject({ exitCode: 0, stdout: `${nodeName(4)}\n` });
    });

    test("killed with other sizes, it leaves the node of a job that starts then as slurmctld had it", async () => {
      await admin.write("limits.yaml", resized(limits(4)), "opc");
      await gate.close();
      const killed = admin.finish();
      await gate.awaitCaller();
      expect(await fixture.sandbox.kill(cluster.management, FINISH)).toBe(true);
      expect((await killed).exitCode).not.toBe(0);
      await gate.killWaiting();
      await wakeByHand(cluster, [nodeName(3)]);
      const late = await HeldJob.start(cluster, nodeName(3));
      const next = await admin.finish();
      expect(next.exitCode, next.stderr).toBe(0);
      await late.end();
      await job.end();
    });
  });
});
