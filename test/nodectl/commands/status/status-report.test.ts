import { expect, test } from "vitest";
import {
  formatStatus,
  type StatusLayout,
} from "../../../../nodectl/commands/status/status-report.ts";
import { plain } from "../../../../nodectl/commands/status/text.ts";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import type { ClusterSight } from "../../../../nodectl/domain/status/cluster-status.ts";
import type { NodeStatus } from "../../../../nodectl/domain/status/node-status.ts";
import { warningsOf } from "../../../../nodectl/domain/status/warnings.ts";
import type { BootCoolDown } from "../../../../nodectl/domain/status/cool-downs.ts";
import {
  instance,
  MINUTE_MS,
  nodeName,
  NOW_MS,
  offNode,
  REPORT_RULE,
  RULE,
  sight,
  upNode,
} from "../../domain/status/sights.ts";

function show(overrides: Partial<ClusterSight>, layout: Partial<StatusLayout> = {}): string[] {
  const seen = sight(overrides);
  const whole = { columns: 80, paint: plain, isEachNode: false, ...layout };
  return [...formatStatus({ ...seen, warnings: warningsOf(seen) }, whole)];
}

const FAILED = failureReason(
  "500 InternalError: Out of host capacity for VM.Standard.E4.Flex.8.64 in PHX-AD-1",
  NOW_MS + 4 * MINUTE_MS,
);

/** One of everything that an admin may find at night. */
const NIGHT: readonly NodeStatus[] = [
  upNode({ name: nodeName(1) }),
  upNode({ name: nodeName(2) }),
  upNode({ name: nodeName(3), slurmState: "waking", instanceState: "starting" }),
  upNode({
    name: nodeName(4),
    slurmState: "down-admin",
    reason: "bad DIMM",
    plan: { kind: "report", rule: REPORT_RULE, sinceMs: NOW_MS },
  }),
  upNode({
    name: nodeName(5),
    slurmState: "down-slurm",
    reason: "Not responding",
    plan: { kind: "wait", rule: RULE, sinceMs: NOW_MS },
  }),
  offNode({ name: nodeName(6), slurmState: "off-down-ours", reason: FAILED }),
  offNode({ name: nodeName(7) }),
];

/** 2,000 nodes of four shapes in three availability domains, in eight states. */
const THOUSANDS: readonly NodeStatus[] = Array.from({ length: 2_000 }, (_, index) => {
  const shape = index % 4;
  const place = `PHX-AD-${(index % 3) + 1}`;
  const name = nodeName(index, `vm-standard-e${shape}-flex-8-64`);
  const states = [
    "busy",
    "idle",
    "waking",
    "going",
    "down-slurm",
    "drain-slurm",
    "silent",
  ] as const;
  const slurmState = states[index % 11];
  const where = { name, shape: `VM.Standard.E${shape}.Flex.8.64`, availabilityDomain: place };
  return slurmState === undefined ? offNode(where) : upNode({ ...where, slurmState });
});

test("the first lines say what runs, what it costs, where the nodes stand, and what is wrong", () => {
  const [first, second, third, fourth] = show({ nodes: NIGHT });
  expect(first).toMatch(
    /^clustera at \d\d:\d\d:\d\d: 5 instances, 1\.48 \$\/h \(list prices of \d{4}-\d\d\)$/,
  );
  expect(second).toBe(
    "Nodes: 2 busy, 1 waking, 1 down-admin, 1 down-slurm, 1 off-down-ours, 1 off.",
  );
  expect(third).toBe("Reconciled 24 s ago.");
  expect(fourth).toMatch(/^2 warnings\. 1 node \(0\.296 \$\/h\): a person set the node DOWN/);
});

test("a cluster in order says so in one screen of a few lines", () => {
  const lines = show({ nodes: [offNode(), offNode({ name: nodeName(2) })] });
  expect(lines.slice(1)).toEqual([
    "Nodes: 2 off. Reconciled 24 s ago.",
    "Nothing is wrong.",
    "",
    "    2  off, ready for jobs: 2 VM.Standard.E4.Flex.8.64",
  ]);
});

test("like nodes stand in one line of 80 columns, the plan and the reason below", () => {
  const lines = show({ nodes: NIGHT });
  const text = lines.join("\n");
  expect(text).toMatch(
    /^ +2 {2}busy +running +0\.592 {2}vm-standard-e4-flex-8-64-ad1-\[0001-0002\]$/m,
  );
  expect(text).toMatch(/^ {7}reason: bad DIMM$/m);
  expect(text).toMatch(/^ {7}reason: next try in 4 min: 500 InternalError: Out of host/m);
  expect(text).toMatch(/^ {7}reconcile waits: the node is DOWN and takes no jobs; then, when/m);
});

test.each([80, 100, 120, 140, 200])("no line is wider than %d columns", (columns) => {
  for (const isEachNode of [false, true]) {
    for (const nodes of [NIGHT, THOUSANDS]) {
      const lines = show({ nodes, slurmBlindness: "x".repeat(300) }, { columns, isEachNode });
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  }
});

test("wider terminals show more", () => {
  const headingOf = (columns: number, isEachNode: boolean): string =>
    show({ nodes: NIGHT }, { columns, isEachNode }).find((line) => line.startsWith("NODE")) ?? "";
  const words = (columns: number, isEachNode: boolean): readonly string[] =>
    headingOf(columns, isEachNode).trim().split(/ {2,}/);
  expect(words(80, false)).toEqual(["NODES", "SLURM", "INSTANCE", "$/H", "NAMES"]);
  expect(words(120, false)).toEqual([
    "NODES",
    "SLURM",
    "INSTANCE",
    "AD",
    "AGE",
    "$/H",
    "SHAPE",
    "NAMES",
  ]);
  expect(words(200, false)).toEqual([
    ...["NODES", "SLURM", "INSTANCE", "AD", "AGE", "$/H", "SHAPE", "ADDRESS", "OCID", "NAMES"],
  ]);
  expect(words(80, true)).toEqual(["NODE", "SLURM", "INSTANCE", "AD", "AGE", "$/H"]);
  expect(words(120, true)).toContain("SHAPE");
  expect(words(200, true).slice(-2)).toEqual(["OCID", "IN SLURM'S WORDS"]);
});

test("two thousand nodes in every state are fewer than 40 lines, and none of the numbers is lost", () => {
  for (const columns of [80, 140]) {
    const lines = show({ nodes: THOUSANDS }, { columns });
    expect(lines.length).toBeLessThan(40);
    const counts = lines.flatMap((line) => /^ *([\d,]+) {2}[a-z]/.exec(line)?.[1] ?? []);
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(2_000);
  }
});

test("a price that is not known is not taken for nothing", () => {
  const living = [instance({ shape: "VM.Standard2.1" })];
  const lines = show({ nodes: [upNode({ living, usdPerHour: undefined }), upNode()] });
  expect(lines.join(" ")).toContain("0.296 $/h and 1 instance of unknown price");
  expect(lines.join("\n")).toMatch(/busy .* unknown +vm-/);
});

test("without OCI the nodes are shown, and no cost is claimed", () => {
  const nodes = [upNode({ instanceState: "unknown", living: [], usdPerHour: undefined })];
  const lines = show({ nodes, ociBlindness: "503" });
  expect(lines[0]).toMatch(/: instances and costs not known$/);
  expect(lines.join("\n")).toMatch(/1 {2}busy +unknown/);
});

test("each node by itself has its own line, with all of its reason", () => {
  const lines = show({ nodes: NIGHT }, { isEachNode: true });
  for (const { name } of NIGHT) {
    expect(lines.filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
  }
  expect(lines.join("\n")).toContain("reconcile leaves it: a person set the node DOWN");
});

test("a low terminal loses nodes that are well, and no warning", () => {
  const lines = show({ nodes: THOUSANDS, lastPassMs: 0 }, { rows: 24 });
  expect(lines).toHaveLength(24);
  const text = lines.join("\n");
  expect(text).toMatch(/^… and \d+ more lines/m);
  expect(text).toContain("systemctl status citc-reconcile.timer");
});

test("places that OCI had no machine in are named with the time that is left", () => {
  const coolDowns = [
    {
      shape: "VM.GPU.A10.1",
      availabilityDomain: "PHX-AD-3",
      capacityType: "preemptible",
      kind: "capacity",
      untilMs: NOW_MS + 3 * MINUTE_MS,
      message: "Out of host capacity.",
    },
  ] as const;
  expect(show({ coolDowns }).at(-1)).toBe(
    "   preemptible VM.GPU.A10.1 in PHX-AD-3, for 3 min: Out of host capacity.",
  );
});

test("a terminal gets tones, and the same text without them", () => {
  const toned = show({ nodes: NIGHT }, { paint: (tone, text) => `<${tone}>${text}</>` });
  expect(toned.join("\n")).toContain("<wrong>down-admin</>");
  expect(toned.map((line) => line.replaceAll(/<[a-z-]+>|<\/>/g, ""))).toEqual(
    show({ nodes: NIGHT }),
  );
});

const PAUSE = { who: "ann", sinceMs: NOW_MS, reason: "the file server is being moved to AD-2" };

test("a pause stands in the head, and once more below with what ends it", () => {
  const lines = show({ pause: PAUSE, nodes: [upNode(), offNode({ name: nodeName(2) })] });
  expect(lines).toContain(
    "    1  off, not started while launching is paused: 1 VM.Standard.E4.Flex.8.64",
  );
  expect(lines[1]).toMatch(
    /^Launching is paused by ann since 2026-11-2\d \d\d:\d\d: the file server/,
  );
  expect(lines).not.toContain("Nothing is wrong.");
  expect(lines.join("\n")).toMatch(/! launching is paused [^]*do: .*sudo citc resume/);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("beside a pause the head names what else is wrong", () => {
  const lines = show({ pause: PAUSE, lastPassMs: 0 });
  expect(lines).toContain("2 warnings. reconcile has not run since this machine started");
});

test("boots that fail stand among the cool-downs, cut to the width", () => {
  const boot: BootCoolDown = {
    ...{ kind: "boot", shape: "VM.Standard.E4.Flex.8.64", untilMs: NOW_MS + 14 * MINUTE_MS },
    imageOcid: "ocid1.image.oc1.phx.aaaaaaaasabcd123",
    message: "its last 3 boots failed: mount.nfs: Connection timed out",
  };
  const lines = show({ coolDowns: [boot] });
  const what = "   VM.Standard.E4.Flex.8.64 with image …sabcd123, for 14 min: its last 3 boots ";
  expect(lines.slice(-2)).toEqual(["COOL-DOWNS", `${what.slice(0, 79)}…`]);
  expect(show({ coolDowns: [boot] }, { columns: 140 }).at(-1)).toMatch(/Connection timed out$/);
});

test("the next try that is told is that of the reason that is told", () => {
  const soon = failureReason("Out of host capacity for X in PHX-AD-1", NOW_MS + MINUTE_MS * 3);
  const nodes = [
    ...[1, 2].map((it) =>
      offNode({ name: nodeName(it), slurmState: "off-down-ours", reason: FAILED }),
    ),
    offNode({ name: nodeName(3), slurmState: "off-down-ours", reason: soon }),
  ];
  expect(show({ nodes }, { columns: 140 }).join("\n")).toMatch(
    /reason: next try in 4 min: .*E4\.Flex.* \(and 1 other reason\)$/m,
  );
});
