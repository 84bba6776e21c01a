import { describe, expect, test } from "vitest";
import { readShellOptions } from "./shell-options.ts";

describe("readShellOptions()", () => {
  test("has a default for everything", () => {
    expect(readShellOptions([])).toEqual({
      nodes: 4,
      shape: "VM.Standard.E4.Flex.2.16",
      bootSeconds: 5,
      launchLatencyMs: 300,
      suspendTimeSeconds: 60,
      release: "bookworm",
      user: "opc",
      keepLogs: false,
    });
  });

  test("asks for nothing when it is asked for help", () => {
    expect(readShellOptions(["--help", "--nodes", "x"])).toBeUndefined();
  });

  test.each([
    [["--nodes", "0"], "--nodes 0: write a whole number from 1 to 500"],
    [["--nodes", "1e2"], "--nodes 1e2: write a whole number"],
    [["--boot-seconds", "1"], "--boot-seconds 1: write a whole number from 2"],
    [["--release", "buster"], "--release buster: write bookworm or trixie"],
    [["--user", "bob"], "--user bob: write opc, root, alice"],
    [["extra"], "extra: no argument is expected"],
    [["--colour"], "--colour"],
  ])("refuses %j and says what to write", (argv, message) => {
    expect(() => readShellOptions(argv)).toThrow(message);
  });
});
