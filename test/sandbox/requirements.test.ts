import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkRequirements, RequirementError, type ComputerFacts } from "./requirements.ts";

const READY: ComputerFacts = { platform: "linux", userId: 0, hasCommand: () => true };

function refusal(facts: Partial<ComputerFacts>): string {
  try {
    checkRequirements({ ...READY, ...facts });
  } catch (error) {
    if (error instanceof RequirementError) return error.message;
    throw error;
  }
  return "";
}

describe("checkRequirements()", () => {
  test("says nothing when all is there", () => {
    expect(refusal({})).toBe("");
  });

  test("asks for root, in one sentence", () => {
    expect(refusal({ userId: 1000 })).toMatch(/^[^.]*must run as root[^.]*\.$/);
  });

  test("names the packages of missing commands once, and what installs them", () => {
    const hasCommand = (command: string) => !["nsenter", "unshare", "ip"].includes(command);
    expect(refusal({ hasCommand })).toBe(
      "The sandbox needs the Debian packages iproute2, util-linux: run test/sandbox/setup.sh.",
    );
  });

  test("refuses what is not Linux", () => {
    expect(refusal({ platform: "darwin" })).toContain("darwin");
  });

  test("looks for the same commands as setup.sh installs", () => {
    const asked: string[] = [];
    checkRequirements({ ...READY, hasCommand: (command) => asked.push(command) > 0 });
    const script = readFileSync(join(import.meta.dirname, "setup.sh"), "utf8");
    const installed = [...script.matchAll(/^ {2}\[(\S+)\]=/gm)].map(([, command]) => command);
    expect(installed.sort()).toEqual(asked.sort());
  });
});

const SETUP = join(import.meta.dirname, "setup.sh");

/** As who runs it; only root can become somebody else. */
function setUp(user: "root" | "nobody", path = process.env["PATH"]) {
  const isOther = user === "nobody" && process.getuid?.() === 0;
  return spawnSync("bash", [SETUP], {
    env: { PATH: path },
    encoding: "utf8",
    ...(isOther && { uid: 65534, gid: 65534 }),
  });
}

describe("setup.sh", () => {
  test("asks for root before anything else, in one line", () => {
    const { status, stdout, stderr } = setUp("nobody");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^setup: [^\n]*need root[^\n]*sudo[^\n]*\n$/);
  });

  test.runIf(process.getuid?.() === 0)("names a Node that is too old before it installs", () => {
    const directory = mkdtempSync(join(tmpdir(), "citc-setup-"));
    try {
      writeFileSync(join(directory, "node"), "#!/bin/sh\necho 20.9.1\n", { mode: 0o755 });
      const { status, stdout, stderr } = setUp("root", `${directory}:${process.env["PATH"] ?? ""}`);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(/^setup: needs Node 20\.19 or later, and \S+ is 20\.9\.1: [^\n]*\n$/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
