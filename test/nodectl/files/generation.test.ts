import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  generationPaths,
  isInUse,
  markInUse,
  readGeneration,
  readPreviousGeneration,
  writeGeneration,
} from "../../../nodectl/files/generation.ts";
import type { GenerationPaths, StoredGeneration } from "../../../nodectl/files/generation.ts";

let root: string;
let paths: GenerationPaths;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "generation-"));
  paths = generationPaths(join(root, "slurm"), join(root, "slurm/nodes.json"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function generation(label: string): StoredGeneration {
  return {
    "nodes.json": `nodes ${label}\n`,
    "gres.conf": `gres ${label}\n`,
    "slurm.conf": `slurm ${label}\n`,
  };
}

/** Writes a generation and lets slurmctld confirm it. */
async function establish(next: StoredGeneration): Promise<void> {
  await writeGeneration(paths, next);
  await markInUse(paths, next);
}

describe("writeGeneration()", () => {
  test("makes the directory and all three files, readable for slurmd on other machines", async () => {
    const umask = process.umask(0o077);
    try {
      await writeGeneration(paths, generation("1"));
    } finally {
      process.umask(umask);
    }
    expect(await readGeneration(paths)).toEqual(generation("1"));
    for (const file of [
      paths.files["nodes.json"],
      paths.files["gres.conf"],
      paths.files["slurm.conf"],
    ]) {
      expect(statSync(file).mode & 0o777).toBe(0o644);
    }
  });

  test("leaves no temporary file behind", async () => {
    await establish(generation("1"));
    await writeGeneration(paths, generation("2"));
    expect(readdirSync(join(root, "slurm")).sort()).toEqual([
      "gres.conf",
      "nodes.json",
      "previous",
      "slurm.conf",
    ]);
  });

  test("keeps the generation that slurmctld ran as the previous one", async () => {
    await establish(generation("1"));
    await establish(generation("2"));
    await establish(generation("3"));
    expect(await readPreviousGeneration(paths)).toEqual(generation("2"));
  });

  test("keeps what stood there before the first generation, absent files included", async () => {
    const initial = {
      "nodes.json": undefined,
      "gres.conf": undefined,
      "slurm.conf": "by Ansible\n",
    };
    await establish(initial);
    await writeGeneration(paths, generation("1"));
    expect(await readPreviousGeneration(paths)).toEqual(initial);
    await writeGeneration(paths, initial);
    expect(await readGeneration(paths)).toEqual(initial);
    expect(existsSync(paths.files["nodes.json"])).toBe(false);
  });

  test("keeps the last generation that worked, not one that slurmctld never confirmed", async () => {
    await establish(generation("good"));
    await writeGeneration(paths, generation("bad"));
    await writeGeneration(paths, generation("worse"));
    expect(await readPreviousGeneration(paths)).toEqual(generation("good"));
  });

  test("a run killed between two files does not spoil the previous generation", async () => {
    await establish(generation("1"));
    await writeGeneration(paths, generation("2"));
    writeFileSync(paths.files["slurm.conf"], generation("1")["slurm.conf"] ?? "");
    expect(await isInUse(paths, await readGeneration(paths))).toBe(false);
    await writeGeneration(paths, generation("3"));
    expect(await readPreviousGeneration(paths)).toEqual(generation("1"));
  });

  test("does not touch a file that stays the same", async () => {
    await establish(generation("1"));
    utimesSync(paths.files["gres.conf"], 1, 1);
    await writeGeneration(paths, { ...generation("2"), "gres.conf": generation("1")["gres.conf"] });
    expect(statSync(paths.files["gres.conf"]).mtimeMs).toBe(1_000);
  });

  test("cut short, it has written nodes.json and not yet slurm.conf", async () => {
    await establish(generation("1"));
    const files = { ...paths.files, "gres.conf": join(root, "missing/gres.conf") };
    const failing = { ...paths, files };
    await expect(writeGeneration(failing, generation("2"))).rejects.toThrow("ENOENT");
    expect(await readGeneration(paths)).toEqual({ ...generation("1"), "nodes.json": "nodes 2\n" });
  });

  test("a directory that may not be written is an error, and nothing is half there", async () => {
    await establish(generation("1"));
    rmSync(paths.previousDirectory, { recursive: true, force: true });
    writeFileSync(paths.previousDirectory, "in the way");
    await expect(writeGeneration(paths, generation("2"))).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await readGeneration(paths)).toEqual(generation("1"));
    expect(await isInUse(paths, generation("1"))).toBe(true);
  });
});

describe("isInUse()", () => {
  test("is true only for exactly the files that were confirmed", async () => {
    expect(await isInUse(paths, generation("1"))).toBe(false);
    await establish(generation("1"));
    expect(await isInUse(paths, generation("1"))).toBe(true);
    expect(await isInUse(paths, { ...generation("1"), "slurm.conf": "edited\n" })).toBe(false);
    expect(await isInUse(paths, { ...generation("1"), "gres.conf": undefined })).toBe(false);
  });

  test("is false from the moment the files change", async () => {
    await establish(generation("1"));
    await writeGeneration(paths, generation("2"));
    expect(await isInUse(paths, generation("1"))).toBe(false);
    expect(await isInUse(paths, generation("2"))).toBe(false);
  });

  test("a nodes.json that lies elsewhere belongs to the generation too", async () => {
    const elsewhere = generationPaths(join(root, "slurm"), join(root, "nodes.json"));
    await writeGeneration(elsewhere, generation("1"));
    expect(readFileSync(join(root, "nodes.json"), "utf8")).toBe("nodes 1\n");
  });
});
