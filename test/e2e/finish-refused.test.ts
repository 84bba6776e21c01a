import { parse, stringify } from "yaml";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { Admin } from "./admin.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName, nodeNames } from "./cluster-fixture.ts";
import { HeldJob, wakeByHand } from "./held-job.ts";

const NEVER_SECONDS = 3600;
const AS_IT_IS = { nodeCount: 2, suspendTimeSeconds: NEVER_SECONDS };
const SETTINGS = "/etc/citc/startnode.yaml";
const MARKER = "/mnt/shared/finalised/mgmt";
/** Slurm's parser takes any word for it, and slurmctld looks for a plugin of that name. */
const NOT_A_PLUGIN = { SelectType: "select/nonsense" };

const BROKEN_LIMITS = `VM.Standard.E4.Flex.1.8: {1: 2, 9: 1}
VM.Standard.E4.Flexx: 3
VM.Standard.E4.Flex: 4
VM.Standard2.1:
  count: -1
cluster:
  suspend_time: soon
  slurm_options: {ResumeProgram: /bin/true}
`;
const BROKEN_LINES = [
  /limits\.yaml:1: .*9/,
  /limits\.yaml:2: .*VM\.Standard\.E4\.Flexx.*did you mean/i,
  /limits\.yaml:3: .*VM\.Standard\.E4\.Flex/,
  /limits\.yaml:5: .*-1/,
  /limits\.yaml:7: .*soon/,
  /limits\.yaml:8: .*ResumeProgram/,
];

/** A cluster of two nodes with a job on the first, which must outlive whatever finish refuses. */
class BusyCluster {
  readonly fixture: ClusterFixture;
  readonly admin: Admin;
  readonly job: HeldJob;

  private constructor(fixture: ClusterFixture, admin: Admin, job: HeldJob) {
    this.fixture = fixture;
    this.admin = admin;
    this.job = job;
  }

  static async start(release: "bookworm" | "trixie"): Promise<BusyCluster> {
    const fixture = await ClusterFixture.start({ release, ...AS_IT_IS });
    const { cluster } = fixture;
    await wakeByHand(cluster, [nodeName(1)]);
    const job = await HeldJob.start(cluster, nodeName(1));
    return new BusyCluster(fixture, new Admin(cluster), job);
  }

  get cluster(): Cluster {
    return this.fixture.cluster;
  }
}

describe.for(RELEASE_NAMES)("on %s", { concurrent: true }, (release) => {
  describe("finish changes nothing while a job runs", { concurrent: false }, () => {
    let busy: BusyCluster;

    beforeAll(async () => {
      busy = await BusyCluster.start(release);
      return () => busy.fixture.stop();
    });
    beforeEach((context) => {
      busy.fixture.showLogsOnFailure(context);
    });

    test("before the machine is set up, and names the command to watch", async () => {
      const { admin, cluster, job } = busy;
      await cluster.output(["rm", MARKER]);
      const before = await admin.footprint();
      const { exitCode, stdout, stderr } = await admin.finishWith({ ...AS_IT_IS, nodeCount: 3 });
      await cluster.output(["touch", MARKER]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain(MARKER);
      expect(stderr).toContain("sudo tail -f /root/ansible-pull.log");
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("before there are settings, with the same words and not with those of a missing file", async () => {
      const { admin, cluster, job } = busy;
      await cluster.output(["mv", SETTINGS, `${SETTINGS}.later`]);
      await cluster.output(["rm", MARKER]);
      const before = await admin.footprint();
      const { exitCode, stdout, stderr } = await admin.finish();
      await cluster.output(["touch", MARKER]);
      const unlikely = await admin.finish();
      await cluster.output(["mv", `${SETTINGS}.later`, SETTINGS]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/this machine is not set up yet.*\n.*sudo tail -f/);
      expect(unlikely.stderr).toContain(`${SETTINGS}: there is no such file`);
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("with errors in limits.yaml, and names all of them with their lines", async () => {
      const { admin, job } = busy;
      await admin.write("/home/opc/limits.yaml", BROKEN_LIMITS, "opc");
      const before = await admin.footprint();
      const { exitCode, stdout, stderr } = await admin.finish();
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      const lines = stderr.split("\n").filter((line) => line.includes("limits.yaml:"));
      expect(stderr).toContain(`${BROKEN_LINES.length} problems; nothing was changed`);
      expect(lines).toHaveLength(BROKEN_LINES.length);
      for (const [index, pattern] of BROKEN_LINES.entries()) expect(lines[index]).toMatch(pattern);
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("with images that OCI does not know, or that do not run on the shape", async () => {
      const { admin, cluster, job } = busy;
      const settings = parse(await cluster.output(["cat", SETTINGS])) as Record<string, string>;
      const image = settings["mgmt_image_id"] ?? "";
      const limits = {
        "VM.Standard.E4.Flex.1.8": { count: { 1: 2 }, image },
        "VM.Standard.A1.Flex.1.6": { count: 1, image },
        "VM.Standard2.1": { count: 1, image: `${image.slice(0, -4)}gone` },
      };
      await admin.write("/home/opc/limits.yaml", stringify(limits), "opc");
      const before = await admin.footprint();
      const { exitCode, stderr } = await admin.finish();
      expect(exitCode).toBe(1);
      expect(stderr).toContain("2 problems; nothing was changed");
      expect(stderr).toContain("this image does not run on VM.Standard.A1.Flex");
      expect(stderr).toMatch(/VM\.Standard2\.1: image: .*OCI knows no such image/);
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("with a parameter that Slurm's parser does not know, and says which", async () => {
      const { admin, job } = busy;
      const before = await admin.footprint();
      const { exitCode, stderr } = await admin.finishWith({
        ...AS_IT_IS,
        nodeCount: 1,
        slurmOptions: { SuspendTimes: "7" },
      });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /Slurm refuses what would be written: .*unrecognized key: SuspendTimes/,
      );
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("with a value of a node line that Slurm's parser does not take, and says where it stands", async () => {
      const { admin, job } = busy;
      const limits = { "VM.Standard.E4.Flex.1.8": { count: 2, slurm_options: { Weight: "abc" } } };
      await admin.write("/home/opc/limits.yaml", `# Wrong\n${stringify(limits)}`, "opc");
      const before = await admin.footprint();
      const { exitCode, stderr } = await admin.finish();
      expect(exitCode).toBe(1);
      expect(stderr).toContain("Weight value (abc) is not a valid number");
      expect(stderr).toContain("limits.yaml:2: look at the slurm_options of VM.Standard.E4.Flex");
      expect(await admin.footprint()).toEqual(before);
      await job.expectToRun();
    });

    test("in a dry run, which shows what would change", async () => {
      const { admin, cluster, job } = busy;
      const before = await admin.footprint();
      const nodesBefore = await cluster.nodes();
      const added = await admin.finishWith({ ...AS_IT_IS, nodeCount: 3 }, "--dry-run");
      expect(added.exitCode, added.stderr).toBe(0);
      const line = (range: string): RegExp => new RegExp(`^${range} State=CLOUD `, "m");
      expect(added.stdout).toMatch(line(String.raw`-NodeName=\S+-\[0001-0002\]`));
      expect(added.stdout).toMatch(line(String.raw`\+NodeName=\S+-\[0001-0003\]`));
      const removed = await admin.finishWith({ ...AS_IT_IS, nodeCount: 1 }, "--dry-run");
      expect(removed.stdout).toContain(`would be drained, no longer in the limits: ${nodeName(2)}`);
      expect(removed.stdout).toContain(`would be dropped: ${nodeName(2)}`);
      expect(await admin.footprint()).toEqual(before);
      expect(await cluster.nodes()).toEqual(nodesBefore);
      await job.expectToRun();
    });

    test("and takes the next good limits, with the job still running", async () => {
      const { admin, cluster, job } = busy;
      const outcome = await admin.configure({ ...AS_IT_IS, nodeCount: 3 });
      expect(outcome.kind).toBe("configured");
      expect((await cluster.nodes()).map(({ name }) => name)).toEqual(nodeNames(1, 2, 3));
      await job.end();
    });
  });
});

describe.for([
  ["bookworm", 3, "that slurmctld ends with"],
  ["bookworm", 2, "that slurmctld refuses to read"],
  ["trixie", 3, "that slurmctld ends with"],
] as const)("on %s, %i nodes, %s", { concurrent: true }, ([release, nodeCount]) => {
  describe("files that Slurm's parser takes", { concurrent: false }, () => {
    let busy: BusyCluster;

    beforeAll(async () => {
      busy = await BusyCluster.start(release);
      return () => busy.fixture.stop();
    });
    beforeEach((context) => {
      busy.fixture.showLogsOnFailure(context);
    });

    test("are taken back, and slurmctld runs with the ones before, and so does the job", async () => {
      const { admin, cluster, job } = busy;
      const before = await admin.generation();
      const limits = { ...AS_IT_IS, nodeCount, slurmOptions: NOT_A_PLUGIN };
      const { exitCode, stderr } = await admin.finishWith(limits);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("The generation before is back and in use");
      expect(await admin.generation()).toBe(before);
      expect((await cluster.nodes()).map(({ name }) => name)).toEqual(nodeNames(1, 2));
      await job.expectToRun();
    });

    test("are no hindrance to the next good ones", async () => {
      const { admin, cluster, job } = busy;
      expect((await admin.configure({ ...AS_IT_IS, nodeCount: 3 })).kind).toBe("configured");
      await wakeByHand(cluster, [nodeName(3)]);
      const result = await cluster.run([`--nodelist=${nodeName(3)}`, "hostname"]);
      expect(result).toMatchObject({ exitCode: 0, stdout: `${nodeName(3)}\n` });
      await job.end();
      expect((await admin.finish()).stdout).toContain("Nothing to do");
    });
  });
});
