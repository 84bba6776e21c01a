import { readFileSync } from "node:fs";
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
