import { expect, it } from "vitest";
import { CallLog, type CallEntry } from "../../sandbox/api/call-log.ts";
import { readUpdates } from "../../stand-in/slurm-updates.ts";
import type { ProgramRun } from "../world/run-program.ts";
import { observeStart } from "./start-observation.ts";

const RUN: ProgramRun = {
  ...{ startedMs: 10_000, durationMs: 5_000, exitCode: 0, isCut: false },
  ...{ usage: { cpuSeconds: 1, residentMbMax: 90 }, stdout: "", stderr: "" },
};

function launch(displayName: string, instanceOcid: string): CallEntry {
  const common = { method: "POST", path: "/", opcRequestId: "a/b/c", retryToken: null };
  const call = { ...common, timeMs: 11_000, operation: "LaunchInstance" };
  return { ...new CallLog(1).add(call), status: 200, durationMs: 300, displayName, instanceOcid };
}

const UPDATES = readUpdates(
  "12.0 nodename=a nodeaddr=10.0.0.1\n13.5 nodename=b state=DOWN reason=full\n",
);

it("counts from the start of the first process", () => {
  const later = { ...RUN, startedMs: 10_400, durationMs: 7_000 };
  const seen = observeStart([later, RUN], ["a"], [launch("a", "ocid-a")], UPDATES);
  expect(seen).toMatchObject({ launchTimes: [1.3], addressTimes: [2], downTimes: [3.5] });
  expect(seen).toMatchObject({ endedAfterSeconds: 7.4, usage: { cpuSeconds: 2 }, lost: [] });
});

it("calls a node lost that has no address and that Slurm was not told of", () => {
  expect(observeStart([RUN], ["a", "b", "c"], [], UPDATES).lost).toEqual(["c"]);
});

it("calls a node lost that has two instances; the same instance twice is a repeated request", () => {
  const calls = [launch("a", "ocid-a"), launch("a", "ocid-a"), launch("b", "x"), launch("b", "y")];
  expect(observeStart([RUN], ["a", "b"], calls, UPDATES).lost).toEqual(["b"]);
});
