import { expect, test } from "vitest";
import { unifiedDiff } from "../../../nodectl/files/unified-diff.ts";

test("unifiedDiff() shows changed, new and removed files and leaves equal ones out", async () => {
  const diff = await unifiedDiff([
    { name: "slurm.conf", before: "a\nb\n", after: "a\nc\n" },
    { name: "gres.conf", before: "same\n", after: "same\n" },
    { name: "nodes.json", before: undefined, after: "{}\n" },
    { name: "old.conf", before: "gone\n", after: undefined },
  ]);
  expect(diff.split("\n")).toEqual([
    "--- a/nodes.json",
    "+++ b/nodes.json",
    "@@ -0,0 +1 @@",
    "+{}",
    "--- a/old.conf",
    "+++ b/old.conf",
    "@@ -1 +0,0 @@",
    "-gone",
    "--- a/slurm.conf",
    "+++ b/slurm.conf",
    "@@ -1,2 +1,2 @@",
    " a",
    "-b",
    "+c",
    "",
  ]);
});

test("unifiedDiff() of equal texts is empty", async () => {
  expect(await unifiedDiff([{ name: "a", before: "x", after: "x" }])).toBe("");
});
