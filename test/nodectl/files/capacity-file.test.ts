import {
  appendFile,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CapacityEntry } from "../../../nodectl/domain/capacity-entry.ts";
import { CapacityFile, makeCapacityDirectory } from "../../../nodectl/files/capacity-file.ts";

const NOW_MS = 1_000_000;

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "citc-capacity-"));
  path = join(directory, "run/capacity.jsonl");
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function file(): CapacityFile {
  return new CapacityFile({ file: path, logFile: join(directory, "log"), nowMs: () => NOW_MS });
}

function entry(key: string, untilMs = NOW_MS + 60_000): CapacityEntry {
  return { key, kind: "capacity", untilMs, message: "500 InternalError: Out of host capacity." };
}

const SLURM_UID = 64_030;

describe.runIf(process.getuid?.() === 0)(
  "CapacityFile and makeCapacityDirectory(), as root",
  () => {
    const log = (): string => join(directory, "slurm/elastic.log");
    const uidOf = async (name: string): Promise<number> => (await stat(name)).uid;

    beforeEach(async () => {
      await mkdir(join(directory, "slurm"));
      await chown(join(directory, "slurm"), SLURM_UID, SLURM_UID);
    });

    it("leave what a start by hand makes to Slurm's user, who runs startnode afterwards", async () => {
      await new CapacityFile({ file: path, logFile: log(), nowMs: () => NOW_MS }).add(entry("a"));
      expect([await uidOf(dirname(path)), await uidOf(path)]).toEqual([SLURM_UID, SLURM_UID]);
    });

    it("give back to him what is root's already", async () => {
      await mkdir(dirname(path));
      await writeFile(path, "");
      await makeCapacityDirectory(path, log());
      expect([await uidOf(dirname(path)), await uidOf(path)]).toEqual([SLURM_UID, SLURM_UID]);
    });

    it("leave a directory alone in which others keep files", async () => {
      await mkdir(dirname(path));
      await writeFile(join(dirname(path), "finish.lock"), "");
      await makeCapacityDirectory(path, log());
      expect(await uidOf(dirname(path))).toBe(0);
    });

    it("follow no link that Slurm's user has put there", async () => {
      await makeCapacityDirectory(path, log());
      await writeFile(join(directory, "passwd"), "");
      await symlink(join(directory, "passwd"), path);
      const file = new CapacityFile({ file: path, logFile: log(), nowMs: () => NOW_MS });
      await expect(file.add(entry("a"))).rejects.toThrow(/ELOOP/);
      expect(await uidOf(join(directory, "passwd"))).toBe(0);
    });
  },
);

describe("CapacityFile", () => {
  it("is empty when it is not there, and makes its directory", async () => {
    expect(await file().read()).toEqual([]);
    await file().add(entry("a"));
    expect(await file().read()).toEqual([entry("a")]);
  });

  it("keeps every line of writers that write at once", async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    await file().add(entry("first"));
    await Promise.all(keys.map((key) => file().add(entry(key))));
    const read = (await file().read()).map(({ key }) => key);
    expect(read.sort()).toEqual(["first", ...keys].sort());
  });

  it.each([
    "",
    "{",
    '{"key":"a"}',
    '"text"',
    "null",
    '{"key":"a","kind":"odd","untilMs":1,"message":""}',
  ])("passes over the line %j, which is none of its own", async (line) => {
    await file().add(entry("a"));
    await appendFile(path, `${line}\n`);
    await file().add(entry("b"));
    expect((await file().read()).map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("is written anew when it has grown, with the newest of each key that still counts", async () => {
    await file().add(entry("a", NOW_MS - 1));
    const old = JSON.stringify(entry("b", NOW_MS + 1));
    await appendFile(path, `${old}\n`.repeat(700));
    await file().add(entry("b", NOW_MS + 2));
    expect((await readFile(path, "utf8")).trim().split("\n")).toHaveLength(1);
    expect(await file().read()).toEqual([entry("b", NOW_MS + 2)]);
  });

  it("keeps a boot that failed when it is written anew, also past its time: one node has to try first", async () => {
    const boot = { ...entry("boot image shape", NOW_MS - 1), kind: "boot" } as const;
    const open = { key: "boot other shape", kind: "open", untilMs: 0, message: "" } as const;
    await file().add(boot);
    await file().add({ ...boot, key: open.key });
    await file().add(open);
    await appendFile(path, `${JSON.stringify(entry("b", NOW_MS - 1))}\n`.repeat(700));
    await file().add(entry("c"));
    expect(await file().read()).toEqual([entry("c"), boot]);
  });

  it("takes adds of one process at once also when each writes it anew", async () => {
    await file().add(entry("first"));
    await appendFile(
      path,
      `${JSON.stringify({ ...entry("long"), message: "x".repeat(70_000) })}\n`,
    );
    const one = file();
    const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
    await Promise.all(keys.map((key) => one.add(entry(key))));
    const read = (await file().read()).map(({ key }) => key);
    expect(read.sort()).toEqual(["first", "long", ...keys].sort());
  });

  it("says so when it cannot be written: the caller goes on without it", async () => {
    await writeFile(join(directory, "run"), "a file, not a directory");
    await expect(file().add(entry("a"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});
