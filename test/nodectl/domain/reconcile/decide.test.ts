import { describe, expect, it } from "vitest";
import { decide, type Decision } from "../../../../nodectl/domain/reconcile/decide.ts";
import {
  INSTANCE_STATES,
  type InstanceState,
} from "../../../../nodectl/domain/reconcile/instance-state.ts";
import type { Condition } from "../../../../nodectl/domain/reconcile/rule.ts";
import { RULES } from "../../../../nodectl/domain/reconcile/rules.ts";
import { SLURM_STATES, type SlurmState } from "../../../../nodectl/domain/reconcile/slurm-state.ts";
import type { NodeSight } from "../../../../nodectl/domain/reconcile/sight.ts";
import { AROUND, instance, meeting, MINUTE_MS, NODE, NOW, sight } from "./sights.ts";

const INSTANCES = Object.keys(INSTANCE_STATES) as readonly InstanceState[];
const STATES = Object.keys(SLURM_STATES) as readonly SlurmState[];

/**
 * What is expected of each pair of states, in the order of the rules: `RULE` for one without a condition, `RULE?CONDITION`
 * otherwise; nothing: in order.
 */
const ORPHAN = ["orphan?unclaimed", "unknown-to-slurm"];
const OFF = ["alive-while-off"];
const DUPLICATES = ["duplicates?has-owner", "duplicates-unclear"];
const ADDRESS = "wrong-address?other-address";
const LATER = ["wait-for-next-try?retry-later"];
const DOWN_WAKING = ["down-while-waking"];
const INSPECTED = ["inspected"];
const LOST = ["lost-machine"];
const VANISHED = ["vanished-machine?not-heard"];
const SMALL = ["silent-and-too-small?silent-invalid", "too-small-with-job?has-jobs", "too-small"];
const DOWN = ["down-machine"];
const REPLACED = ["silent-machine", "down-machine"];
const UNWANTED = ["no-longer-wanted?not-wanted"];
const BOOT = ["silent-boot?past-boot-limit", ADDRESS];
const RUNNING_BOOT = ["failed-boot?has-note", ...BOOT];
const UNHEARD = ["heard-without-instance"];
const INSPECTED_LOST = ["lost-while-inspected?has-jobs"];
const FAILED = ["failed-while-waking"];
const NEVER = ["vanished-while-waking?was-launched", "never-launched?past-run-deadline"];
const NO: readonly string[] = [];

type Row = readonly (readonly string[])[];
// prettier-ignore
const TABLE: Readonly<Record<SlurmState, Row>> = {
  //                    none                           starting     running   stopped    ended    several     unclear
  absent:              [NO,                            ORPHAN,      ORPHAN,   ORPHAN,    NO,      ORPHAN,     NO],
  off:                 [["retired-and-open?retired-open"], OFF,     OFF,      OFF,       ["retired-and-open?retired-open"], OFF, NO],
  "off-down-ours":     [["next-try-has-come?retry-due"], OFF,       OFF,      OFF,       ["next-try-has-come?retry-due"], OFF, NO],
  "off-down-slurm":    [["down-by-slurm"],             OFF,         OFF,      OFF,       ["down-by-slurm"], OFF, NO],
  "off-down-admin":    [NO, ["inspected-while-off"], ["inspected-while-off"], ["inspected-while-off"], NO, ["inspected-while-off"], NO],
  waking:              [NEVER,                         BOOT,        RUNNING_BOOT, FAILED,    FAILED,  ["duplicates?has-owner"], NO],
  "waking-down":       [DOWN_WAKING, DOWN_WAKING, DOWN_WAKING, DOWN_WAKING, DOWN_WAKING, DOWN_WAKING, NO],
  "waking-down-admin": [NO,                            INSPECTED,   INSPECTED, INSPECTED, NO,     INSPECTED,  NO],
  going:               [LATER,                         LATER,       LATER,    LATER,     LATER,   LATER,      NO],
  leaving:             [VANISHED, ["silent-and-too-small?silent-invalid"], ["silent-and-too-small?silent-invalid"], LOST, LOST, ["duplicates?has-owner"], NO],
  idle:                [UNHEARD,                       UNWANTED,    UNWANTED, LOST,      LOST,    DUPLICATES, UNHEARD],
  busy:                [UNHEARD,                       NO,          NO,       LOST,      LOST,    DUPLICATES, UNHEARD],
  silent:              [VANISHED,                      [ADDRESS],   [ADDRESS], LOST,     LOST,    DUPLICATES, NO],
  invalid:             [VANISHED,                      SMALL,       SMALL,    LOST,      LOST,    DUPLICATES, NO],
  "down-ours":         [DOWN,                          DOWN,        DOWN,     DOWN,      DOWN,    DOWN,       NO],
  "down-slurm":        [DOWN,                          REPLACED,    REPLACED, DOWN,      DOWN,    DOWN,       NO],
  "down-admin":        [NO,                            INSPECTED,   INSPECTED, INSPECTED, NO,     INSPECTED,  NO],
  "drain-ours":        [VANISHED,                      UNWANTED,    UNWANTED, LOST,      LOST,    DUPLICATES, NO],
  "drain-slurm":       [VANISHED,                      NO,          NO,       LOST,      LOST,    DUPLICATES, NO],
  "drain-admin":       [NO, INSPECTED, INSPECTED, ["lost-while-inspected?has-jobs", "inspected"], INSPECTED_LOST, INSPECTED, NO],
};

const CELLS = STATES.flatMap((slurmState) =>
  INSTANCES.map((instanceState, column) => {
    const expected = TABLE[slurmState][column] ?? ["the table has no such column"];
    return { slurmState, instanceState, expected };
  }),
);

function ruleOf(decision: Decision): string {
  return decision.kind === "in-order" ? "in order" : decision.rule.id;
}

function decideNow(node: NodeSight): Decision {
  return decide(node, AROUND);
}

describe("the table of rules", () => {
  it.each(CELLS)("$slurmState and $instanceState: $expected", (cell) => {
    const { slurmState, instanceState, expected } = cell;
    const node = sight(slurmState, instanceState);
    const plain = expected.find((entry) => !entry.includes("?")) ?? "in order";
    expect(ruleOf(decideNow(node))).toBe(plain);
    for (const entry of expected.filter((it) => it.includes("?"))) {
      const [rule = "", condition = ""] = entry.split("?");
      expect(ruleOf(decideNow(meeting(node, condition as Condition)))).toBe(rule);
    }
  });

  it.each(CELLS)("has no other row for $slurmState and $instanceState", (cell) => {
    const rows = RULES.filter(
      ({ slurm, instance: states }) =>
        slurm.includes(cell.slurmState) && states.includes(cell.instanceState),
    );
    const texts = rows.map(({ id, onlyIf }) => (onlyIf === undefined ? id : `${id}?${onlyIf}`));
    expect(texts).toEqual(cell.expected);
  });

  it("names each rule once", () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("patience", () => {
  const orphan = meeting(sight("absent", "running"), "unclaimed");

  it.each([
    [
      "a young orphan",
      { ...orphan, instances: [instance("RUNNING", { timeCreatedMs: NOW - 4 * MINUTE_MS })] },
      "wait",
    ],
    ["an orphan that is seen for the first time", { ...orphan, slurmSinceMs: NOW }, "wait"],
    ["an old orphan at the second look", { ...orphan, slurmSinceMs: NOW - MINUTE_MS }, "act"],
    [
      "a failed boot that is seen for the first time",
      { ...sight("waking", "ended"), sinceMs: NOW },
      "wait",
    ],
    [
      "a failed boot ten seconds later",
      { ...sight("waking", "ended"), sinceMs: NOW - 10_000 },
      "act",
    ],
    [
      "a DOWN node in the same pass",
      { ...sight("down-slurm", "none"), sinceMs: NOW - 10_000 },
      "wait",
    ],
    [
      "a DOWN node in the next pass",
      { ...sight("down-slurm", "none"), sinceMs: NOW - MINUTE_MS },
      "act",
    ],
    ["a lost machine at once", { ...sight("busy", "ended"), sinceMs: NOW }, "act"],
  ] as const)("%s", (_, node, kind) => {
    expect(decideNow(node).kind).toBe(kind);
  });
});

describe("what is done", () => {
  it("terminates all orphans of a name, and those alone that live", () => {
    const ghost = instance("TERMINATED", { instanceOcid: "i-3" });
    const node = meeting(sight("absent", "several"), "unclaimed");
    expect(decideNow({ ...node, instances: [...node.instances, ghost] })).toMatchObject({
      action: { kind: "terminate", instances: [{ instanceOcid: "i-1" }, { instanceOcid: "i-2" }] },
    });
  });

  it("leaves the namesake that Slurm talks to", () => {
    expect(decideNow(meeting(sight("busy", "several"), "has-owner"))).toMatchObject({
      action: { kind: "terminate", instances: [{ instanceOcid: "i-2" }] },
    });
  });

  it("leaves the newest namesake while Slurm has no address of the node", () => {
    const node = sight("waking", "several");
    const [first, second] = node.instances;
    if (node.slurm === undefined || first === undefined || second === undefined) throw new Error();
    const newer = { ...second, timeCreatedMs: NOW };
    const asleep = { ...node, slurm: { ...node.slurm, address: NODE }, instances: [first, newer] };
    expect(decideNow(asleep)).toMatchObject({
      action: { kind: "terminate", instances: [{ instanceOcid: "i-1" }] },
    });
  });

  it("terminates no namesake of a node that is up when Slurm's address is none of theirs", () => {
    const node = meeting(sight("busy", "several"), "has-owner");
    const strange = node.instances.map((it) => ({ ...it, ipAddress: "10.9.9.9" }));
    expect(decideNow({ ...node, instances: strange })).toMatchObject({
      action: { kind: "release" },
    });
  });

  it("tells Slurm the address that OCI has", () => {
    expect(decideNow(meeting(sight("silent", "running"), "other-address"))).toMatchObject({
      action: { kind: "report-address", ipAddress: "10.0.0.9" },
    });
  });

  it("concludes nothing from what is missing in a list that came back short", () => {
    const short = { ...AROUND, isInstanceListWhole: false };
    for (const slurmState of STATES) {
      const decision = decide(sight(slurmState, "none"), short);
      expect(["in-order", "report"]).toContain(decision.kind);
    }
    // What is in the list is there.
    expect(decide(sight("busy", "ended"), short).kind).toBe("act");
  });

  it("touches nothing of a retired node while it has a job", () => {
    const node = meeting(sight("drain-ours", "running"), "not-wanted");
    expect(decideNow(meeting(node, "has-jobs")).kind).toBe("in-order");
  });
});
