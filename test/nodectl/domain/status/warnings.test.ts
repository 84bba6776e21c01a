import { expect, test } from "vitest";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import type { ClusterSight } from "../../../../nodectl/domain/status/cluster-status.ts";
import { warningsOf } from "../../../../nodectl/domain/status/warnings.ts";
import {
  MINUTE_MS,
  nodeName,
  NOW_MS,
  offNode,
  REPORT_RULE,
  RULE,
  sight,
  upNode,
} from "./sights.ts";

function idsOf(overrides: Partial<ClusterSight>): readonly string[] {
  return warningsOf(sight(overrides)).map(({ id }) => id);
}

test("a cluster in order has no warning", () => {
  expect(warningsOf(sight({ nodes: [offNode(), upNode()] }))).toEqual([]);
});

test("a side that is not seen is named, with its reason", () => {
  const [slurm, oci] = warningsOf(sight({ slurmBlindness: "no answer", ociBlindness: "404" }));
  expect(slurm).toMatchObject({ id: "slurm-not-seen", what: "Slurm is not seen: no answer" });
  expect(slurm?.advice).toContain("systemctl status slurmctld");
  expect(oci).toMatchObject({ id: "oci-not-seen", what: "OCI is not seen: 404" });
});

test("a timer that does not run is told from one that runs late, and both say where to look", () => {
  expect(idsOf({ lastPassMs: NOW_MS - 4 * MINUTE_MS })).toEqual([]);
  const [late] = warningsOf(sight({ lastPassMs: NOW_MS - 17 * MINUTE_MS }));
  expect(late?.what).toBe("reconcile last looked 17 min ago");
  const [never] = warningsOf(sight({ lastPassMs: 0 }));
  expect(never?.what).toBe("reconcile has not run since this machine started");
  for (const warning of [late, never]) {
    expect(warning?.advice).toContain("systemctl status citc-reconcile.timer");
  }
});

test("nodes that a person set DOWN come with their price and the way back", () => {
  const plan = { kind: "report", rule: REPORT_RULE, sinceMs: NOW_MS } as const;
  const nodes = [1, 2].map((number) =>
    upNode({ name: nodeName(number), slurmState: "down-admin", plan }),
  );
  const [warning, ...others] = warningsOf(sight({ nodes }));
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ id: "inspected", nodes: [nodeName(1), nodeName(2)] });
  expect(warning?.what).toContain("2 nodes (0.592 $/h): a person set the node DOWN");
  expect(warning?.advice).toContain(
    "scontrol update nodename=vm-standard-e4-flex-8-64-ad1-[0001-0002] state=resume",
  );
});

test("what is due warns only when nobody has done it for ten minutes", () => {
  const due = (sinceMs: number) =>
    upNode({ slurmState: "down-slurm", plan: { kind: "wait", rule: RULE, sinceMs } });
  expect(idsOf({ nodes: [due(NOW_MS - 9 * MINUTE_MS)] })).toEqual([]);
  const [warning] = warningsOf(sight({ nodes: [due(NOW_MS - 11 * MINUTE_MS)] }));
  expect(warning?.id).toBe("overdue-down-machine");
  expect(warning?.what).toContain("1 node not put in order for 11 min");
});

test("a node that wakes is not overdue when its boot limit or the run's deadline has just passed", () => {
  const waking = (sinceMs: number) =>
    upNode({
      ...{ slurmState: "waking", wakingSinceMs: sinceMs },
      plan: { kind: "act", rule: { ...RULE, id: "silent-boot" }, sinceMs },
    });
  const overdueAt = (ageMs: number, limits: Partial<ClusterSight> = {}) =>
    idsOf({ nodes: [waking(NOW_MS - ageMs)], ...limits }).filter((id) => id.startsWith("overdue-"));
  expect(overdueAt(16 * MINUTE_MS)).toEqual([]);
  expect(overdueAt(18 * MINUTE_MS)).toEqual(["overdue-silent-boot"]);
  const limits = { bootLimitMs: MINUTE_MS, orphanGraceMs: MINUTE_MS };
  expect(overdueAt(14 * MINUTE_MS, limits)).toEqual([]);
  expect(overdueAt(16 * MINUTE_MS, limits)).toEqual(["overdue-silent-boot"]);
});

test("nodes without a machine say OCI's words and when they come back, and no more when they have", () => {
  const reason = failureReason("Out of host capacity for X in PHX-AD-1", NOW_MS + 4 * MINUTE_MS);
  const nodes = [offNode({ slurmState: "off-down-ours", reason })];
  const [warning] = warningsOf(sight({ nodes }));
  expect(warning?.what).toBe(
    "1 node DOWN, next try in 4 min: Out of host capacity for X in PHX-AD-1",
  );
  expect(idsOf({ nodes, nowMs: NOW_MS + 4 * MINUTE_MS, lastPassMs: NOW_MS })).toEqual([]);
});

test("a node that Slurm drained is billed until somebody mends it", () => {
  const drained = upNode({ slurmState: "drain-slurm", reason: "Kill task failed" });
  const [warning] = warningsOf(sight({ nodes: [drained] }));
  expect(warning?.what).toBe("1 node drained by Slurm, and billed: Kill task failed");
  expect(idsOf({ nodes: [{ ...drained, living: [] }] })).toEqual([]);
});

test("nodes that wake for longer than half of the boot limit are one warning", () => {
  const waking = (number: number, minutes: number) =>
    upNode({
      name: nodeName(number),
      slurmState: "waking",
      wakingSinceMs: NOW_MS - minutes * MINUTE_MS,
    });
  expect(idsOf({ nodes: [waking(1, 5)] })).toEqual([]);
  const [warning] = warningsOf(sight({ nodes: [waking(1, 5), waking(2, 7), waking(3, 9)] }));
  expect(warning?.what).toBe(
    "2 nodes waking for up to 9 min; after 12 min such a node is replaced",
  );
  expect(warning?.nodes).toEqual([nodeName(2), nodeName(3)]);
});

test("a service limit is a person's matter, a stock-out is not", () => {
  const coolDown = {
    shape: "VM.GPU.A10.1",
    availabilityDomain: "PHX-AD-3",
    capacityType: "on-demand",
    untilMs: NOW_MS + 9 * MINUTE_MS,
    message: "400 LimitExceeded: gpu-a10-count",
  };
  expect(idsOf({ coolDowns: [{ ...coolDown, kind: "capacity" }] })).toEqual([]);
  const [warning] = warningsOf(sight({ coolDowns: [{ ...coolDown, kind: "limit" }] }));
  expect(warning?.what).toBe(
    "no VM.GPU.A10.1 in PHX-AD-3 for 9 min: 400 LimitExceeded: gpu-a10-count",
  );
});

test("a file system that is full is named, with how to find what fills it", () => {
  const space = (freeMib: number) => [
    { path: "/mnt/shared", freeBytes: freeMib * 1024 * 1024, freeFiles: 0, filesMax: 0 },
  ];
  expect(idsOf({ space: space(60) })).toEqual([]);
  const [warning] = warningsOf(sight({ space: space(3) }));
  expect(warning?.id).toBe("disk-full");
  expect(warning?.what).toContain("/mnt/shared has room for 3 MiB only");
  expect(warning?.advice).toContain("du -xh /mnt/shared ");
});
