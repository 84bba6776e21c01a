import { beforeAll, beforeEach, expect, test } from "vitest";
import { bootKey } from "../../nodectl/domain/capacity-entry.ts";
import type { Explanation } from "../../nodectl/domain/explain/explanation.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, limitsOf, nodeName } from "./cluster-fixture.ts";

const NODE = nodeName(1);
const PREEMPTIBLE_NODE = "vm-standard-e5-flex-1-8-ad1-0001";
const LIMITS = `
VM.Standard.E5.Flex.1.8: { count: { 1: 1 }, preemptible: true }
${limitsOf({ nodeCount: 2, suspendTimeSeconds: 3600 })}`;

let fixture: ClusterFixture;
let cluster: Cluster;

beforeAll(async () => {
  fixture = await ClusterFixture.start({ nodeCount: 2 });
  cluster = fixture.cluster;
  const { exitCode, stderr } = await fixture.sandbox.finish(LIMITS, cluster.management);
  expect(exitCode, stderr).toBe(0);
  return () => fixture.stop();
});
beforeEach((context) => {
  fixture.showLogsOnFailure(context);
});

/** What of `citc status --json` is looked at here. */
interface Status {
  readonly exitCode: number;
  readonly instanceCount: number;
  readonly usdPerHour: number;
  readonly warnings: readonly { readonly id: string; readonly nodes: readonly string[] }[];
  readonly nodes: readonly { readonly node: string }[];
}

async function status(...words: readonly string[]): Promise<Status> {
  const argv = ["citc", "status", "--json", ...words];
  const { exitCode, stdout, stderr } = await fixture.sandbox.exec(cluster.management, argv);
  expect(stderr).toBe("");
  return { ...(JSON.parse(stdout) as Status), exitCode };
}

async function runOn(name: string): Promise<void> {
  const { exitCode, stderr } = await cluster.run([`--nodelist=${name}`, "true"]);
  expect(exitCode, stderr).toBe(0);
}

test("status tells what runs and costs, and its warnings rise and clear by themselves", async () => {
  expect((await status()).warnings).toMatchObject([{ id: "reconcile-does-not-run" }]);
  await cluster.output(["citc", "reconcile"]);
  expect(await status()).toMatchObject({ exitCode: 0, instanceCount: 0, warnings: [] });

  await runOn(NODE);
  await runOn(PREEMPTIBLE_NODE);
  await cluster.update(NODE, "state=drain", "reason=noise");
  const drained = await status();
  // One OCPU and 8 GB of E4, and the same of E5 at half the price.
  expect(drained).toMatchObject({ exitCode: 1, instanceCount: 2, usdPerHour: 0.037 + 0.023 });
  expect(drained.warnings).toMatchObject([{ nodes: [NODE] }]);
  expect((await status(PREEMPTIBLE_NODE)).nodes).toMatchObject([
    {
      ...{ node: PREEMPTIBLE_NODE, slurmState: "idle", instanceState: "running", reason: "" },
      ...{ usdPerHour: 0.023, plan: null },
      instances: [{ lifecycleState: "RUNNING", capacityType: "preemptible", ocpus: 1 }],
    },
  ]);

  await cluster.update(NODE, "state=resume");
  expect(await status()).toMatchObject({ exitCode: 0, warnings: [] });
});

test("a pass of reconcile writes metrics where a node exporter reads them", async () => {
  const directory = "/var/lib/prometheus/node-exporter";
  await cluster.output(["mkdir", "-p", directory]);
  await cluster.output(["citc", "reconcile"]);
  const metrics = (await cluster.output(["cat", `${directory}/citc.prom`])).split("\n");
  expect(metrics).toContain('citc_instances{shape="VM.Standard.E4.Flex",state="RUNNING"} 1');
  expect(metrics).toContain('citc_launches_total{shape="VM.Standard.E4.Flex.1.8"} 1');
  expect(metrics).toContain("citc_orphans 0");
  expect(metrics.join("\n")).toMatch(/^citc_api_requests_total\{program="startnode"\} \d+$/m);
  expect(metrics.at(-1)).toBe("# EOF");
});

test("boots that fail are a warning, until what explain advises is done", async () => {
  const file = "/run/citc/slurm/capacity.jsonl";
  const settings = await cluster.output(["cat", "/etc/citc/startnode.yaml"]);
  const [, image = ""] = /^mgmt_image_id: *"?([^"\s]+)/m.exec(settings) ?? [];
  const offer = { shape: "VM.Standard.E4.Flex", shapeConfig: { ocpus: 1, memoryGib: 8 } };
  const key = bootKey(image, offer);
  const untilMs = Date.now() + 600_000;
  const message = "its last 3 boots failed: mount.nfs: Connection timed out";
  const entry = JSON.stringify({ key, kind: "boot", untilMs, message, node: NODE });
  await cluster.output(["sh", "-c", `printf '%s\\n' "$1" >> ${file}`, "sh", entry]);
  expect((await status()).warnings.map(({ id }) => id)).toContain("boots-fail");

  const { advice, why } = JSON.parse(
    await cluster.citc("explain", nodeName(2), "--json"),
  ) as Explanation;
  expect(why.join()).toContain(message);
  const commands = advice.flatMap(({ command }) => command ?? []);
  expect(commands[0]).toBe(`sudo citc logs ${NODE}`);
  await cluster.output(["sh", "-c", commands.at(-1) ?? "false"]);
  expect((await status()).warnings.map(({ id }) => id)).not.toContain("boots-fail");
});
