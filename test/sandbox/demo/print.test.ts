import { describe, expect, test } from "vitest";
import { Terminal } from "../terminal.ts";
import { printEvents, printNodes, shortHostlist } from "./print.ts";
import { PHASES } from "./phases.ts";
import type { PhaseEvent } from "./timeline.ts";

const NODES = [1, 2, 3].map((number) => `vm-standard-e4-flex-2-16-ad1-000${number}`);
const COLUMNS = 80;

function printed(print: (terminal: Terminal) => void): string[] {
  let text = "";
  const stream = { write: (part: string) => (text += part) };
  print(new Terminal(stream, { noColor: undefined }));
  return text.trimEnd().split("\n");
}

function eventsOf(nodeNames: readonly string[], timeMs: number): PhaseEvent[] {
  return PHASES.flatMap(({ name, meaning }) =>
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

  test("fit on 80 columns in every phase, for all nodes and for some", () => {
    for (const nodeNames of [NODES, NODES.slice(1), [NODES[0] ?? "", NODES[2] ?? ""]]) {
      const lines = printed((terminal) => {
        const paper = { submittedMs: 0, nodeNames: NODES, phases: PHASES };
        printEvents(terminal, eventsOf(nodeNames, 123_400), paper);
      });
      expect(lines).toHaveLength(PHASES.length);
      expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
    }
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
