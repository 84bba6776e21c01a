import { afterEach, describe, expect, test, vi } from "vitest";
import { Terminal, type TerminalStream } from "./terminal.ts";

afterEach(() => {
  vi.useRealTimers();
});

function recordingStream(facts: Omit<TerminalStream, "write"> = {}) {
  const written: string[] = [];
  return { ...facts, written, write: (text: string) => written.push(text) };
}

const CLEAR = "\r\u001B[K";

describe("Terminal", () => {
  test("writes plain lines to a file, and each step as a line of its own", () => {
    const stream = recordingStream();
    const terminal = new Terminal(stream, { noColor: undefined });
    terminal.progress("building");
    terminal.progress("building");
    terminal.heading("done");
    expect(stream.written.join("")).toBe("building ...\n\ndone\n");
  });

  test("counts the seconds of a step on a terminal, and puts the next line in its place", () => {
    vi.useFakeTimers();
    const stream = recordingStream({ isTTY: true, columns: 20 });
    const terminal = new Terminal(stream, { noColor: "1" });
    terminal.progress("building");
    vi.advanceTimersByTime(2000);
    terminal.line("done");
    vi.advanceTimersByTime(5000);
    const steps = ["building ... ", "building ... 1 s", "building ... 2 s"];
    expect(stream.written).toEqual([...steps.map((text) => CLEAR + text), CLEAR, "done\n"]);
  });

  test("cuts a step that is longer than the terminal is wide", () => {
    vi.useFakeTimers();
    const stream = recordingStream({ isTTY: true, columns: 10 });
    const terminal = new Terminal(stream, { noColor: "1" });
    terminal.progress("downloading packages");
    terminal.line("");
    expect(stream.written[0]).toBe(`${CLEAR}downloadi`);
  });

  test.each([
    [{ isTTY: true }, undefined, true],
    [{ isTTY: true }, "", true],
    [{ isTTY: true }, "1", false],
    [{}, undefined, false],
  ])("colours on %j with NO_COLOR %j: %s", (facts, noColor, isColoured) => {
    const terminal = new Terminal(recordingStream(facts), { noColor });
    expect(terminal.style("bold", "x") !== "x").toBe(isColoured);
  });
});
