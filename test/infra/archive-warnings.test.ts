import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveWarnings } from "../../infra/archive-warnings.ts";
import { formatProblem } from "../../nodectl/domain/problem.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-archive-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function warnings(...written: readonly (readonly [name: string, text: string])[]) {
  for (const [name, text] of written) writeFileSync(join(directory, name), text);
  const archive = join(directory, "a.tar.gz");
  const expected = { archive, inputsFile: `${archive}.inputs`, inputs: "today" };
  const found = await archiveWarnings({ ...expected, architecture: "arm64" }, "dist/a.tar.gz");
  return found.map(formatProblem);
}

const FIX = "run `npm run build -- --arch arm64` before `npx cdktf deploy`";

describe("archiveWarnings()", () => {
  it("says nothing of an archive that was made of today's sources", async () => {
    expect(await warnings(["a.tar.gz", ""], ["a.tar.gz.inputs", "today"])).toEqual([]);
  });

  it("says that there is none", async () => {
    const text = `dist/a.tar.gz: there is no such file; ${FIX}`;
    expect(await warnings()).toEqual([text]);
    expect(await warnings(["a.tar.gz.inputs", "today"])).toEqual([text]);
  });

  it.each([[[]], [[["a.tar.gz.inputs", "yesterday"] as const]]])(
    "says that it is an old one: %j",
    async (inputs) => {
      expect(await warnings(["a.tar.gz", ""], ...inputs)).toEqual([
        `dist/a.tar.gz: this was built of other sources than are here now; ${FIX}`,
      ]);
    },
  );
});
