import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  SLURM_STATES,
  slurmStateOf,
  type SlurmState,
} from "../../../../nodectl/domain/reconcile/slurm-state.ts";
import { readNodeRecords } from "../../../../nodectl/slurm/node-records.ts";
import { record, RECORDS } from "./sights.ts";

/** As a real slurmctld showed them in the sandbox; the release where only one of the two did. */
const SEEN: readonly (readonly [string, SlurmState, string])[] = [
  ["IDLE+POWER_UP+POWERED_DOWN root: ", "waking", "woken by hand, before the scan"],
  ["ALLOCATED+POWERED_DOWN", "waking", "given to a job, before the scan"],
  ["IDLE+NOT_RESPONDING+POWERING_UP slurm: POWER_DOWN_ASAP", "waking", "24.11 keeps old reasons"],
  ["IDLE+COMPLETING+POWER_DOWN", "leaving", "powered down by force while its machine is dead"],
  ["ALLOCATED+DRAIN+POWER_DOWN : POWER_DOWN_ASAP", "leaving", "22.05 names nobody"],
  ["ALLOCATED+DRAIN+POWER_DOWN root: POWER_DOWN_ASAP", "leaving", "24.11"],
  ["IDLE+DRAIN+POWER_DOWN root: POWER_DOWN_ASAP", "going", "free, before the scan"],
  ["DOWN+POWER_DOWN+NOT_RESPONDING slurm: Not responding", "going", "DOWN and powered down"],
  ["DOWN+POWERED_DOWN+POWER_DOWN slurm: startnode: x", "going", "powered down once more, 24.11"],
  [
    "DOWN+POWERING_DOWN slurm: startnode: x [next try 2026-11-25T17:16:29+00:00]",
    "going",
    "kept DOWN",
  ],
  ["IDLE+INVALID_REG+POWERING_DOWN slurm: Low RealMemory", "going", "too small, powered down"],
  ["ALLOCATED+DRAIN+INVALID_REG slurm: Low RealMemory", "invalid", "its job runs on"],
  ["IDLE+DRAIN+INVALID_REG root: by person", "invalid", "24.11 keeps a person's old reason"],
  ["IDLE+DRAIN+INVALID_REG slurm: Duplicate jobid", "invalid", "22.05 keeps Slurm's old reason"],
  ["DOWN+DRAIN+INVALID_REG root: reconcile: x", "invalid", "given up, before its power-down"],
  ["DOWN+NOT_RESPONDING slurm: Not responding", "down-slurm", "SlurmdTimeout"],
  ["DOWN+NOT_RESPONDING slurm: Not responding : Not responding", "down-slurm", "twice, 24.11"],
  [
    "DOWN+NOT_RESPONDING slurm: a person : Not responding",
    "down-slurm",
    "not drained: an old reason",
  ],
  [
    "DOWN+DRAIN+NOT_RESPONDING slurm: a person : Not responding",
    "down-admin",
    "drained, then dead, 24.11",
  ],
  ["DOWN+DRAIN+NOT_RESPONDING root: a person", "down-admin", "drained, then dead, 22.05"],
  [
    "DOWN+DRAIN+NOT_RESPONDING slurm: finish: x : Not responding",
    "down-ours",
    "retired, then dead, 24.11",
  ],
  [
    "DOWN+POWERED_DOWN slurm: a person : ResumeTimeout reached",
    "off-down-admin",
    "set DOWN while it woke",
  ],
  ["DOWN+POWERED_DOWN slurm: startnode: x : ResumeTimeout reached", "off-down-ours", "24.11"],
  ["DOWN+DRAIN+POWERED_DOWN root: finish: x", "off", "drained: not to be returned"],
  ["IDLE+POWERED_DOWN root: lab: no addr", "off", "old reasons stay on idle nodes"],
  ["IDLE+DRAIN slurm: Duplicate jobid", "drain-slurm", "Slurm's own drain"],
  ["IDLE+DRAIN+NOT_RESPONDING root: by person", "drain-admin", "drained and silent"],
  ["IDLE+NOT_RESPONDING", "silent", "dead, before SlurmdTimeout"],
  ["UNKNOWN", "silent", "slurmctld has just started"],
  ["MIXED+PLANNED", "busy", "flags that do not matter"],
];

describe("slurmStateOf()", () => {
  it.each(SEEN)("%s is %s: %s", (text, state) => {
    expect(slurmStateOf(record(text))).toBe(state);
  });

  it.each(Object.entries(RECORDS))("%s: %s", (state, text) => {
    expect(slurmStateOf(record(text))).toBe(state);
  });

  it("knows every sample that was recorded", () => {
    const base = new URL("../../slurm/samples/", import.meta.url);
    const states = ["22.05", "24.11"].flatMap((release) =>
      readdirSync(new URL(`${release}/`, base)).flatMap((file) => {
        if (/slurmctld_down|sinfo-grouped|\.txt$/.test(file)) return [];
        const records = readNodeRecords(readFileSync(new URL(`${release}/${file}`, base), "utf8"));
        return records.kind === "nodes"
          ? records.nodes.map((node) => [file, slurmStateOf(node)])
          : [];
      }),
    );
    expect(new Set(states.map(([, state]) => state))).toEqual(
      new Set([
        "busy",
        "idle",
        "off",
        "off-down-admin",
        "off-down-slurm",
        "waking",
        "waking-down-admin",
        "going",
        "drain-ours",
      ]),
    );
    expect(states.length).toBeGreaterThan(25);
  });

  it("says absent of a node that Slurm does not have", () => {
    expect(slurmStateOf(undefined)).toBe("absent");
    expect(Object.keys(SLURM_STATES)).toEqual(["absent", ...Object.keys(RECORDS)]);
  });
});
