import { describe, expect, it } from "vitest";
import { explainNode } from "../../../../nodectl/domain/explain/explain-node.ts";
import { failureReason } from "../../../../nodectl/domain/failed-node.ts";
import { facts, MINUTE_MS, NOW_MS, SHAPE } from "./explain-facts.ts";

const RETRY = failureReason(
  `500 X: Out of host capacity for ${SHAPE} in PHX-AD-1`,
  NOW_MS + 4 * MINUTE_MS,
);

describe("what the log has of a node", () => {
  it.each([
    [
      "is longer than Slurm takes",
      `500 X: Out of host capacity ${"for a long list of places ".repeat(12)}`,
    ],
    ["has quotes", 'OCI said "no": Out of host capacity'],
  ])("says once why it failed when the reason %s", (_what, words) => {
    const log = [
      { event: "could not start node", node: "a-1", reason: words },
      { event: "set nodes down", nodes: "a-1", reason: failureReason(words, NOW_MS) },
    ];
    const told = explainNode("a-1", facts({ log })).history.join("\n");
    expect(told.match(/Out of host capacity/g)).toHaveLength(1);
  });

  it("says once why it failed, and not again what Slurm was told of it", () => {
    const words = `500 X: Out of host capacity for ${SHAPE} in PHX-AD-1`;
    const log = [
      { event: "could not start node", node: "a-1", reason: words },
      { event: "set nodes down", nodes: "a-[1-2]", reason: RETRY },
      { event: "node has no instance", node: "a-1", program: "stopnode" },
      { event: "keeping nodes down", nodes: "a-1", reason: RETRY, program: "stopnode" },
      { event: "set nodes down", nodes: "a-1", reason: "reconcile: its slurmd is silent" },
    ];
    const told = explainNode("a-1", facts({ log })).history.join("\n");
    expect(told.match(/Out of host capacity/g)).toHaveLength(1);
    expect(told).toContain("set nodes down: reconcile: its slurmd is silent");
  });
});
