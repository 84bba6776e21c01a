import { expect, test } from "vitest";
import type { Explanation } from "../../nodectl/domain/explain/explanation.ts";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { ApiLog } from "./api-log.ts";
import { awaitState } from "./await-state.ts";
import { ClusterFixture, nodeNames } from "./cluster-fixture.ts";

const DOWN_SECONDS_MAX = 20;
const REASON = "the file server is down";
const SENTENCE =
  /[Ll]aunching is paused by opc since \d{4}-\d\d-\d\d \d\d:\d\d: the file server is down/;

function isDown({ base }: SlurmNode): boolean {
  return base === "DOWN";
}

// Both at once: nearly all of the time is Slurm's timers'.
test.concurrent.each(RELEASE_NAMES)(
  "a pause, %s: nothing is launched until resume",
  async (release) => {
    const options = { release, nodeCount: 2, suspendTimeSeconds: 120 };
    await ClusterFixture.use(options, async ({ cluster, sandbox }) => {
      const log = await ApiLog.fromNow(sandbox);
      expect(await cluster.citc("pause", "--reason", REASON)).toMatch(SENTENCE);

      const jobId = await cluster.submit(["--nodes=2", "--wrap", "srun hostname"]);
      const down = await cluster.awaitNodes("DOWN", DOWN_SECONDS_MAX, isDown, nodeNames(1, 2));
      for (const { reason } of down)
        expect(reason).toMatch(/^startnode: launching .*\[next try 20/);
      const words = [
        "squeue",
        "--noheader",
        `--jobs=${jobId}`,
        "--Format=State:20,admin_comment:300",
      ];
      const told = await awaitState({
        what: "the job is requeued and told",
        timeoutSeconds: DOWN_SECONDS_MAX,
        observe: () => cluster.output(words),
        isReached: (line) => line.startsWith("PENDING") && SENTENCE.test(line),
      });
      expect(told).toMatch(/startnode: no machine to be had: .*; next try after 20/);

      const seen = await sandbox.exec("mgmt", ["/usr/local/bin/citc", "status", "--json"]);
      expect(JSON.parse(seen.stdout)).toMatchObject({ pause: { who: "opc", reason: REASON } });
      const shown = await sandbox.exec("mgmt", ["/usr/local/bin/citc", "status"]);
      expect(shown.exitCode).toBe(1);
      expect(shown.stdout.replaceAll(/\s+/g, " ")).toMatch(
        /^clustera at .* Launching is paused by opc .* ! launching is paused .*; 2 nodes are DOWN because of it do: .*sudo citc resume/,
      );
      const why = JSON.parse(await cluster.citc("explain", jobId, "--json")) as Explanation;
      expect(why).toMatchObject({ cause: "launching-paused" });
      expect(why.headline).toMatch(SENTENCE);

      expect(await cluster.citc("doctor")).toMatch(
        /^warning {2}Pause {11}launching is paused by opc/m,
      );

      const [first = ""] = nodeNames(1);
      const refused = await sandbox.exec("mgmt", ["/usr/local/bin/startnode", first]);
      expect(refused).toMatchObject({ exitCode: 1 });
      expect(refused.stderr).toMatch(SENTENCE);
      const finish = await sandbox.exec("mgmt", ["/usr/local/bin/finish", "--dry-run"]);
      expect(finish.stderr).toMatch(/caution: launching is paused by opc/);
      expect(await log.of("LaunchInstance")).toEqual([]);

      expect(await cluster.citc("resume")).toMatch(
        /^Launching goes on\.[^]*Back in service: 2 nodes: /,
      );
      expect(await cluster.awaitJob(jobId, "COMPLETED")).toMatchObject({
        nodeNames: nodeNames(1, 2),
      });
      expect(await log.nodesOf("LaunchInstance")).toEqual(nodeNames(1, 2));
    });
  },
);

test("a pause in the middle of a launch ends it within seconds, and what is launched comes up", async () => {
  const options = { nodeCount: 8, suspendTimeSeconds: 120 };
  await ClusterFixture.use(options, async ({ cluster, sandbox }) => {
    const log = await ApiLog.fromNow(sandbox);
    // Told to come later, a launch is repeated until the run's deadline: those of six nodes never get through.
    for (const displayName of nodeNames(3, 4, 5, 6, 7, 8)) {
      const answer = {
        kind: "error",
        status: 429,
        code: "TooManyRequests",
        message: "later",
      } as const;
      await sandbox.addFault({ operation: "LaunchInstance", match: { displayName }, answer });
    }
    const names = nodeNames(1, 2, 3, 4, 5, 6, 7, 8);
    await cluster.update(names.join(","), "state=power_up");
    await awaitState({
      what: "two nodes are launched, others were refused",
      timeoutSeconds: DOWN_SECONDS_MAX,
      observe: () => log.of("LaunchInstance"),
      isReached: (calls) =>
        calls.filter(({ status }) => status === 200).length === 2 &&
        calls.some(({ status }) => status === 429),
    });
    await cluster.output(["/usr/local/bin/citc", "pause"]);
    const nodes = await awaitState({
      what: "six nodes are DOWN, two are up",
      timeoutSeconds: DOWN_SECONDS_MAX,
      observe: () => cluster.nodesOf(names),
      isReached: (all) =>
        all.filter(isDown).length === 6 &&
        all.filter(({ base, flags }) => base === "IDLE" && flags.size === 1).length === 2,
    });
    for (const { reason } of nodes.filter(isDown))
      expect(reason).toMatch(/launching is paused by root/);
    expect(await cluster.living()).toHaveLength(2);
  });
});
