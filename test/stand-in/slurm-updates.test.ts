import { expect, it } from "vitest";
import {
  addressesIn,
  downNodesIn,
  jobCommentsIn,
  nodesOf,
  poweredDownIn,
  readUpdates,
} from "./slurm-updates.ts";

const UPDATES = readUpdates(
  [
    "100.5 nodename=a1,a2 nodeaddr=10.0.0.1,10.0.0.2 nodehostname=a1,a2",
    "101.25 NodeName=b[1-2] nodeaddr=b[1-2] State=DOWN reason=startnode: no capacity, state=full",
    "101.5 jobid=3,4 admincomment=startnode: no machine, reason=full",
    "101.75 nodename=b[1-2] state=POWER_DOWN_FORCE",
    "102.0 nodename=a1 nodeaddr=10.0.0.9 nodehostname=a1",
    "",
  ].join("\n"),
);

it("gives each node the address that was reported last", () => {
  expect([...addressesIn(UPDATES)]).toEqual([
    ["a1", "10.0.0.9"],
    ["a2", "10.0.0.2"],
  ]);
});

it("gives the reasons of the nodes that went down, blanks and all", () => {
  const reason = "startnode: no capacity, state=full";
  expect([...downNodesIn(UPDATES)]).toEqual([
    ["b1", reason],
    ["b2", reason],
  ]);
});

it("knows the nodes that Slurm calls stopnode for", () => {
  expect(poweredDownIn(UPDATES)).toEqual(["b1", "b2"]);
});

it("gives each job its comment, and an update of jobs no nodes", () => {
  const comment = "startnode: no machine, reason=full";
  expect([...jobCommentsIn(UPDATES)]).toEqual([
    [3, comment],
    [4, comment],
  ]);
  expect(UPDATES.map((update) => nodesOf(update).length)).toEqual([2, 2, 0, 2, 1]);
});

it("refuses a line that the stand-in did not write", () => {
  expect(() => readUpdates("102 nodename=a1 state=DOWN\n")).toThrow("no update: 102 nodename");
});
