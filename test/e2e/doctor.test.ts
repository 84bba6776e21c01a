import pMap from "p-map";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Finding } from "../../nodectl/domain/doctor/finding.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterFixture, nodeName } from "./cluster-fixture.ts";
import { isOff } from "./slurm-words.ts";

const SETTINGS = "/etc/citc/startnode.yaml";

interface Report {
  readonly exitCode: number;
  /** By the id of the check. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

interface Break {
  readonly name: string;
  /** Shell, as root on the management node. */
  readonly doIt: string;
  readonly undoIt: string;
  readonly check: string;
  readonly seen: RegExp;
  readonly fix: RegExp;
  /** Checks that have nothing to look at meanwhile. */
  readonly skipped?: readonly string[];
}

const STARTNODE = "/usr/local/bin/startnode";
const SHARED_CONF = "/mnt/shared/etc/slurm/slurm.conf";
const SLURMCTLD = "$(cat /run/slurm/slurmctld.pid)";

const BREAKS: readonly Break[] = [
  {
    name: "a program that its group may write to",
    doIt: `chmod g+w ${STARTNODE}`,
    undoIt: `chmod 0755 ${STARTNODE}`,
    check: "programs",
    seen: /startnode has mode 0775/,
    fix: /^chmod 0755 \/usr\/local\/bin\/startnode: Slurm refuses programs that group or others/,
  },
  {
    name: "a boot script that startnode could not read",
    doIt: "chmod 0700 /home/slurm/bootstrap.sh",
    undoIt: "chmod 0755 /home/slurm/bootstrap.sh",
    check: "boot-files",
    seen: /^slurm may not read \/home\/slurm\/bootstrap\.sh/,
    fix: /^chmod 0644 \/home\/slurm\/bootstrap\.sh/,
  },
  {
    name: "a munge that does not run",
    doIt: "pkill -x munged && timeout 10 sh -c 'while pgrep -x munged; do sleep 0.1; done' > /dev/null",
    undoIt: "setpriv --reuid=munge --regid=munge --clear-groups munged",
    check: "munge",
    seen: /munge.*socket/i,
    fix: /^systemctl restart munge/,
    skipped: ["slurmctld", "slurm-settings"],
  },
  {
    name: "a slurmctld that hangs",
    doIt: `kill -STOP ${SLURMCTLD}`,
    undoIt: `kill -CONT ${SLURMCTLD}`,
    check: "slurmctld",
    seen: /slurmctld does not answer/,
    fix: /^\/usr\/local\/sbin\/restart-slurmctld;/,
    skipped: ["slurm-settings"],
  },
  {
    name: "a shared file system that is read-only",
    doIt: "mount -o remount,bind,ro /mnt/shared",
    undoIt: "mount -o remount,bind,rw /mnt/shared",
    check: "shared",
    seen: /^\/mnt\/shared .* is mounted read-only/,
    fix: /^mount -o remount,rw \/mnt\/shared/,
    skipped: ["set-up", "slurm-conf", "generation", "slurmctld"],
  },
  {
    name: "a machine that the playbook has not finished",
    doIt: "mv /mnt/shared/finalised/mgmt /mnt/shared/not-yet",
    undoIt: "mv /mnt/shared/not-yet /mnt/shared/finalised/mgmt",
    check: "set-up",
    seen: /not set up yet/,
    fix: /ansible-pull\.log/,
  },
  {
    name: "a key that is not there",
    doIt: `sed -i.good 's|^auth:.*|auth: config_file\\noci_config: /no/config|' ${SETTINGS}`,
    undoIt: `mv ${SETTINGS}.good ${SETTINGS}`,
    check: "credentials",
    seen: /\/no\/config/,
    fix: /oci_config \(\/no\/config\)/,
    skipped: ["instances", "addresses", "domains", "shapes", "images"],
  },
  {
    name: "a compartment of somebody else",
    doIt: `sed -i.good 's|^compartment_id:.*|compartment_id: ocid1.compartment.oc1..aaaa|' ${SETTINGS}`,
    undoIt: `mv ${SETTINGS}.good ${SETTINGS}`,
    check: "instances",
    seen: /^ListInstances: 404 NotAuthorizedOrNotFound/,
    fix: /^allow dynamic-group GROUP to read instance-family .*compartment_id/,
  },
];

let fixture: ClusterFixture;
let cluster: Cluster;

beforeAll(async () => {
  fixture = await ClusterFixture.start({ nodeCount: 2 });
  cluster = fixture.cluster;
  return () => fixture.stop();
});
beforeEach((context) => {
  fixture.showLogsOnFailure(context);
});

test("nothing is wrong with a healthy cluster, on a terminal or off it", async () => {
  expect(wrongOf(await doctor())).toEqual([]);
  const { exitCode, stdout } = await fixture.sandbox.exec(cluster.management, ["citc", "doctor"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^0 wrong, 0 warnings, /m);
  expect(stdout).toMatch(/^ok {7}slurmctld {7}answers \(Slurm 22\.05\.8\)$/m);
  const lines = stdout.split("\n");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
  const command = ["script", "-qec", "stty cols 80; citc doctor", "/dev/null"];
  const live = await fixture.sandbox.exec(cluster.management, command);
  expect(live.exitCode, live.stdout).toBe(0);
  expect(live.stdout.match(/slurmctld {7}answers/g)).toHaveLength(1);
});

test("what a job's node needed of OCI is known to have worked", async () => {
  expect((await cluster.run(["hostname"])).exitCode).toBe(0);
  const { findings } = await doctor();
  expect(findings.get("launch")).toMatchObject([{ kind: "ok" }]);
  expect(findings.get("vnics")).toMatchObject([{ kind: "ok" }]);
  expect(findings.get("terminate")).toMatchObject([{ kind: "skipped" }]);
});

test.each(BREAKS)("$name is found, with what to do", async (broken) => {
  const { check, seen, fix, skipped = [] } = broken;
  await cluster.output(["sh", "-c", broken.doIt]);
  try {
    const { exitCode, findings } = await doctor();
    expect(exitCode).toBe(1);
    const wrong = (findings.get(check) ?? []).filter(({ kind }) => kind === "wrong");
    expect(wrong, JSON.stringify([...findings])).toContainEqual({
      ...{ kind: "wrong" },
      seen: expect.stringMatching(seen) as string,
      fix: expect.stringMatching(fix) as string,
    });
    for (const id of skipped) expect(findings.get(id)).toMatchObject([{ kind: "skipped" }]);
  } finally {
    await cluster.output(["sh", "-c", broken.undoIt]);
  }
  expect(wrongOf(await doctor())).toEqual([]);
});

test("a setting that somebody changed by hand is found, and finish mends it", async () => {
  const change = `sed -i 's/^TreeWidth=.*/TreeWidth=50/' ${SHARED_CONF} && scontrol reconfigure`;
  await cluster.output(["sh", "-c", change]);
  const { findings } = await doctor();
  expect(findings.get("slurm-settings")).toMatchObject([
    { kind: "wrong", seen: "TreeWidth is 50, not 65533" },
  ]);
  expect(findings.get("generation")).toMatchObject([{ kind: "wrong" }]);
  await cluster.output(["finish"]);
  expect(wrongOf(await doctor())).toEqual([]);
});

test("an image that does not run on the shape is found", async () => {
  const { images } = await fixture.sandbox.region();
  const arm = images.find(({ architecture }) => architecture === "aarch64")?.ocid ?? "";
  const file = "/root/other-image.yaml";
  const edit = `sed 's|^mgmt_image_id:.*|mgmt_image_id: ${arm}|' ${SETTINGS} > ${file}`;
  await cluster.output(["sh", "-c", edit]);
  const { findings } = await doctor("--config", file);
  expect(findings.get("images")).toMatchObject([
    {
      kind: "wrong",
      seen: expect.stringMatching(/does not run on VM\.Standard\.E4\.Flex/) as string,
      fix: expect.stringContaining("image list --shape VM.Standard.E4.Flex") as string,
    },
  ]);
});

test("a service limit that lets no node start is found", async () => {
  const { sandbox } = fixture;
  await cluster.awaitNodes("all nodes are off", 60, isOff);
  const limit = { limitName: "standard-e4-core-count", availabilityDomain: "Uocm:PHX-AD-1" };
  await sandbox.setLimit({ ...limit, value: 0 });
  const { findings } = await doctor().finally(() => sandbox.clearLimits());
  expect(findings.get("limits")).toMatchObject([
    {
      kind: "wrong",
      seen: expect.stringMatching(
        /^standard-e4-core-count: 0 OCPUs left in Uocm:PHX-AD-1, .* take 2$/,
      ) as string,
      fix: expect.stringMatching(/^lower the counts in limits\.yaml/) as string,
    },
  ]);
});

test("a disk that a node left behind is found", async () => {
  const displayName = `${nodeName(1)} (Boot Volume)`;
  await fixture.sandbox.leaveBootVolume({ displayName, sizeGib: 50, ageSeconds: 7_200 });
  const { exitCode, findings } = await doctor();
  expect(exitCode).toBe(0);
  const left = new RegExp(
    `^50 GB of nodes that are gone: ${nodeName(1)} \\(from image …\\w{8}\\)$`,
  );
  expect(findings.get("volumes")).toMatchObject([
    { kind: "warning", seen: expect.stringMatching(left) as string },
  ]);
});

test("nothing is wrong on Slurm 24.11 either", async () => {
  await ClusterFixture.use({ nodeCount: 2, release: "trixie" }, async ({ sandbox }) => {
    const { exitCode, stdout } = await sandbox.exec("mgmt", ["citc", "doctor"]);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/^ok {7}Slurm settings {2}all 12 that Slurm 24\.11\.5 needs are set$/m);
  });
});

test("an OCI that never answers costs no check more than its ten seconds", async () => {
  const { sandbox } = fixture;
  await sandbox.addFault({ operation: "ListShapes", answer: { kind: "hang" } });
  const { findings } = await doctor().finally(() => sandbox.clearFaults());
  expect(findings.get("shapes")).toMatchObject([
    { kind: "wrong", seen: expect.stringMatching(/^(ListShapes: )?no answer .*within/) as string },
  ]);
  expect(findings.get("instances")).toMatchObject([{ kind: "ok" }]);
});

test("settings that cannot be read are the one thing that is said", async () => {
  const result = await fixture.sandbox.exec(cluster.management, [
    "citc",
    "doctor",
    "--config",
    "/no",
  ]);
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/^WRONG {4}Settings {8}\/no: there is no such file$/m);
});

// Last: thousands of instances are in the way of everything else.
test("a subnet without free addresses is found", async () => {
  const { sandbox } = fixture;
  await fillStrangersSubnet();
  const { subnets } = await sandbox.region();
  const file = "/root/other-subnet.yaml";
  const edit = `sed 's|^subnet_id:.*|subnet_id: ${subnets.at(-1)?.ocid ?? ""}|' ${SETTINGS} > ${file}`;
  await cluster.output(["sh", "-c", edit]);
  const { findings } = await doctor("--config", file);
  expect(findings.get("subnet")).toMatchObject([
    {
      kind: "wrong",
      seen: expect.stringMatching(/ has 0 of 4093 addresses free, and 2 nodes may come$/) as string,
      fix: "lower the counts in limits.yaml, or use a larger subnet",
    },
  ]);
});

/** A subnet of 4,096 less the three that OCI keeps. */
const ADDRESSES = 4093;

/** Until nothing fits any more. */
async function fillStrangersSubnet(): Promise<void> {
  const launch = (index: number) =>
    fixture.sandbox.launchByHand({
      displayName: `full-${index}`,
      subnet: "strangers",
      boots: false,
    });
  const numbers = Array.from({ length: ADDRESSES + 1 }, (_, index) => index);
  const launches = pMap(numbers, launch, { concurrency: 16 });
  await expect(launches).rejects.toThrow("no free private IP addresses");
}

async function doctor(...options: readonly string[]): Promise<Report> {
  const { sandbox } = fixture;
  const result = await sandbox.exec(cluster.management, ["citc", "doctor", "--json", ...options]);
  const report = JSON.parse(result.stdout) as {
    readonly checks: readonly { readonly id: string; readonly findings: readonly Finding[] }[];
  };
  return {
    exitCode: result.exitCode,
    findings: new Map(report.checks.map(({ id, findings }) => [id, findings])),
  };
}

function wrongOf({ findings }: Report): readonly unknown[] {
  return [...findings].flatMap(([id, found]) =>
    found.filter(({ kind }) => kind === "wrong").map((finding) => ({ id, ...finding })),
  );
}
