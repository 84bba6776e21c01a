import { describe, expect, it } from "vitest";
import { consoleLines } from "../../../nodectl/domain/node-log/console-lines.ts";
import { ElasticReader } from "../../../nodectl/domain/node-log/elastic-line.ts";
import { mergeLines, printable, type LogLine } from "../../../nodectl/domain/node-log/log-line.ts";
import { parseSince } from "../../../nodectl/domain/since.ts";

const TIME = "2026-11-25T17:05:07.250Z";
const TIME_MS = Date.parse(TIME);

function elastic(fields: object, nodeName = "n-0007"): LogLine | undefined {
  const line = { time: TIME, level: "info", program: "startnode", pid: 7, event: "did it" };
  return new ElasticReader(nodeName).read(JSON.stringify({ ...line, ...fields }));
}

describe("ElasticReader", () => {
  it("keeps a line about the node, with all that it says", () => {
    expect(elastic({ node: "n-0007", shape: "VM", reason: "no room", level: "warn" })).toEqual({
      timeMs: TIME_MS,
      isEstimate: false,
      source: "elastic",
      level: "warn",
      text: 'startnode: did it shape=VM reason="no room"',
    });
  });

  it("finds the node in a hostlist, and only there", () => {
    expect(elastic({ nodes: "m-[1-3],n-[0001-0009]" })?.text).toMatch(/nodes=m-\[1-3\],n-/);
    expect(elastic({ nodes: "n-[0001-0006,0008]" })).toBeUndefined();
    expect(elastic({ nodes: "n-[0001" })).toBeUndefined();
  });

  it("takes no node for another whose name begins alike", () => {
    expect(elastic({ node: "n-00071" })).toBeUndefined();
    expect(elastic({ node: "n-0007" }, "n-000")).toBeUndefined();
  });

  it.each(["", "n-0007", '{"node":"n-0007"', '{"node":"n-0007"}', "null", '"n-0007"'])(
    "passes over what is no line of ours: %j",
    (line) => {
      expect(new ElasticReader("n-0007").read(line)).toBeUndefined();
    },
  );
});

describe("consoleLines()", () => {
  const startMs = Date.parse("2026-11-25T17:00:00Z");
  const endMs = Date.parse("2026-11-25T17:10:00Z");

  /** Seconds after the launch, `~` for an estimate. */
  function times(lines: readonly string[], isStartKnown = true): readonly string[] {
    const told = consoleLines({
      source: "console",
      text: lines.join("\n"),
      startMs: isStartKnown ? startMs : undefined,
      endMs,
    });
    return told.map(
      ({ timeMs, isEstimate }) => `${(timeMs - startMs) / 1000}${isEstimate ? "~" : ""}`,
    );
  }

  it("takes the time that a line bears, whatever its form", () => {
    expect(
      times([
        "2026-11-25T17:00:12Z node systemd[1]: Started",
        "2026-11-25 18:00:13,5 +0100 ansible",
        "Cloud-init v. 23 running 'init' at Wed, 25 Nov 2026 17:00:20 +0000. Up 12.3 seconds.",
      ]),
    ).toEqual(["12", "13.5", "20"]);
  });

  it("counts the kernel's seconds from the launch, and gives other lines the time before them", () => {
    expect(
      times(["BIOS", "[    0.000000] Linux", "[   12.500000] eth0: up", "Reached target"]),
    ).toEqual(["0~", "0~", "12.5~", "12.5~"]);
  });

  it("ends the kernel's seconds when the console was taken down, if nobody knows the launch", () => {
    expect(times(["BIOS", "[  100.0] a", "[  160.0] b"], false)).toEqual(["540~", "540~", "600~"]);
  });

  it("never runs backwards, nor past the capture", () => {
    expect(times(["2026-11-25T17:05:00Z a", "2026-11-25T17:04:00Z b", "[  9999.0] c"])).toEqual([
      "300",
      "300~",
      "600~",
    ]);
  });

  it("keeps colours, bells and empty lines out", () => {
    const text = "\u001b[32m  OK  \u001b[0m started\u0007\r\n\r\n\tdone\n";
    const told = consoleLines({ source: "kept", text, startMs, endMs });
    expect(told.map((line) => line.text)).toEqual(["  OK   started", " done"]);
  });
});

describe("printable()", () => {
  it("cuts what nobody reads", () => {
    expect(printable("x".repeat(5_000))).toHaveLength(2_000);
  });
});

describe("mergeLines()", () => {
  function line(timeMs: number, text: string): LogLine {
    return { timeMs, isEstimate: false, source: "elastic", level: "info", text };
  }
  const sources = [
    [line(10, "a"), line(30, "b"), line(30, "c")],
    [line(20, "d"), line(30, "e")],
  ];

  it("puts all sources in the order of time, and keeps each one's own order", () => {
    const merged = mergeLines(sources, { sinceMs: undefined, linesMax: 10 });
    expect(merged.map(({ text }) => text).join("")).toBe("adbce");
  });

  it("gives the last lines, from a time on", () => {
    const merged = mergeLines(sources, { sinceMs: 20, linesMax: 3 });
    expect(merged.map(({ text }) => text).join("")).toBe("bce");
    expect(mergeLines(sources, { sinceMs: 31, linesMax: 3 })).toEqual([]);
  });
});

describe("parseSince()", () => {
  it("reads how long ago", () => {
    expect(["90s", "30m", "2h", "1d"].map((text) => parseSince(text, 100_000_000))).toEqual([
      99_910_000, 98_200_000, 92_800_000, 13_600_000,
    ]);
  });

  it("reads a time, of this place unless it names another", () => {
    expect(parseSince("2026-11-25T14:00Z", 0)).toBe(Date.parse("2026-11-25T14:00:00Z"));
    expect(parseSince("2026-11-25 14:00", 0)).toBe(new Date(2026, 10, 25, 14).getTime());
    expect(parseSince("2026-11-25", 0)).toBe(new Date(2026, 10, 25).getTime());
  });

  it.each(["", "2", "2w", "-2h", "yesterday", "2026-13-45", "2026-11-25T99:00"])(
    "refuses %j",
    (text) => {
      expect(parseSince(text, 0)).toBeUndefined();
    },
  );
});
