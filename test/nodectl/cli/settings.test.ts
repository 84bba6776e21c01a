import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "../../../nodectl/cli/settings.ts";
import type { Setting } from "../../../nodectl/cli/settings.ts";

const README = new URL("../../../nodectl/README.md", import.meta.url);

function row([key, { absent, example, meaning }]: [string, Setting<unknown>]): string {
  const isDefaulted = absent !== "required" && absent.value !== undefined;
  const whenAbsent = isDefaulted ? `\`${example}\`` : absent === "required" ? "required" : "–";
  return `| \`${key}\` | ${whenAbsent} | ${meaning} |`;
}

describe("the table of settings in the README", () => {
  it("says each setting as the code has it, in its order", async () => {
    const lines = (await readFile(README, "utf8")).split("\n");
    const start = lines.findIndex((line) => /^\| Setting +\| If absent /.test(line));
    const rows = lines.slice(start + 2, start + 2 + Object.keys(SETTINGS).length);
    // Prettier pads the columns.
    const unpadded = rows.map((line) => line.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| "));
    expect(unpadded).toEqual(Object.entries(SETTINGS).map(row));
  });
});
