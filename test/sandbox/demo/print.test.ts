import { describe, expect, test } from "vitest";
import { Terminal } from "../terminal.ts";
import { WAITS } from "./full-demo.ts";
import { BOOTING_PHASES, PHASES, type Phase } from "./phases.ts";
import { printEvents, printNodes, printStep, printWait, shortHostlist } from "./print.ts";
import type { PhaseEvent } from "./timeline.ts";
import { ROLES } from "./watch-management.ts";

const NODES = [1, 2, 3].map((number) => `vm-standard-e4-flex-2-16-ad1-000${number}`);
const COLUMNS = 80;

function printed(print: (terminal: Terminal) => void): string[] {
  let text = "";
  const stream = { write: (part: string) => (text += part) };
  print(new Terminal(stream, { noColor: undefined }));
  return text.trimEnd().split("\n");
}

function eventsOf(
  phases: readonly Phase[],
  nodeNames: readonly string[],
  timeMs: number,
): PhaseEvent[] {
  return phases.flatMap(({ name, meaning }) =>
    nodeNames.map((nodeName) => ({ nodeName, phase: name, meaning, timeMs })),
  );
}

describe("the demo's lines", () => {
  test("name the nodes once", () => {
    const lines = printed((terminal) => {
      printNodes(terminal, NODES);
    });
    expect(lines).toEqual(["all 3 nodes: vm-standard-e4-flex-2-16-ad1-[0001-0003]"]);
  });

  test.each([
    ["small machines", PHASES],
    ["machines that boot", BOOTING_PHASES],
  ])("fit on 80 columns in every phase of %s, for all nodes and for some", (_of, phases) => {
    for (const nodeNames of [NODES, NODES.slice(1), [NODES[0] ?? "", NODES[2] ?? ""]]) {
      const lines = printed((terminal) => {
        const events = eventsOf(phases, nodeNames, 123_400);
        printEvents(terminal, events, { submittedMs: 0, nodeNames: NODES, phases });
      });
      expect(lines).toHaveLength(phases.length);
      expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
    }
  });

  test("fit on 80 columns in every role of the management node, and while they say what is waited for", () => {
    const lines = printed((terminal) => {
      for (const [role, meaning] of Object.entries(ROLES)) {
        printStep(terminal, 123_400, role, meaning);
      }
      for (const wait of Object.values(WAITS)) printWait(terminal, wait);
    });
    expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
  });
});

describe("shortHostlist()", () => {
  test.each([
    [NODES, "all 3 nodes"],
    [NODES.slice(0, 2), "[0001-0002]"],
    [NODES.slice(2), "0003"],
  ])("%j is %s", (names, text) => {
    expect(shortHostlist(names, NODES)).toBe(text);
  });

  test("keeps whole names that do not begin like the others", () => {
    expect(shortHostlist(["b-1"], ["a-1", "a-2", "b-1"])).toBe("b-1");
  });

  test("calls an only node so", () => {
    expect(shortHostlist(["a-1"], ["a-1"])).toBe("the node");
  });
});
