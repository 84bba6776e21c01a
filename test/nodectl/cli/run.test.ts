import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const RUN = pathToFileURL(join(import.meta.dirname, "../../../nodectl/cli/run.ts")).href;

describe("runProgram()", () => {
  it("ends with a status of its own for an error that escapes every promise, and prints its stack", () => {
    const program = `() => new Promise(() => setTimeout(() => { throw new TypeError("a bug"); }, 1))`;
    const line = `import(${JSON.stringify(RUN)}).then((run) => run.runProgram("startnode", ${program}))`;
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--eval", line], {
      encoding: "utf8",
    });
    expect(status).toBe(70);
    expect(stderr).toMatch(/^startnode: TypeError: a bug\n\s+at /);
  });
});
