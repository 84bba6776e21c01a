import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  INPUT_BYTES_MAX,
  readInputFile,
  readInputStream,
} from "../../../nodectl/files/input-file.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "input-file-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function messageOf(file: string): Promise<string> {
  const read = await readInputFile(file);
  if (read.kind === "valid") throw new Error(`read ${file}`);
  expect(read.problems).toHaveLength(1);
  expect(read.problems[0]?.file).toBe(file);
  return read.problems.map(({ message, fix }) => `${message}; ${fix}`).join();
}

describe("readInputFile()", () => {
  it("reads text", async () => {
    const file = join(directory, "limits.yaml");
    await writeFile(file, "Grüße: 1\n");
    expect(await readInputFile(file)).toEqual({ kind: "valid", value: "Grüße: 1\n" });
  });

  it("says that there is no such file", async () => {
    expect(await messageOf(join(directory, "absent"))).toMatch(/no such file; create it/);
    await writeFile(join(directory, "file"), "");
    expect(await messageOf(join(directory, "file", "below"))).toMatch(/no such file; create it/);
  });

  it("says that a directory and a device are not files", async () => {
    await mkdir(join(directory, "limits.yaml"));
    expect(await messageOf(join(directory, "limits.yaml"))).toMatch(/not a file; name a file/);
    expect(await messageOf("/dev/zero")).toMatch(/not a file; name a file/);
  });

  it("does not wait for the writer of a pipe", async () => {
    const file = join(directory, "pipe");
    await promisify(execFile)("mkfifo", [file]);
    expect(await messageOf(file)).toMatch(/not a file; name a file/);
  });

  it("says that a link leads in a circle", async () => {
    const file = join(directory, "loop");
    await symlink(file, file);
    expect(await messageOf(file)).toMatch(/cannot be opened \(ELOOP\)/);
  });

  it("refuses what is larger than any of our files", async () => {
    const file = join(directory, "large");
    await writeFile(file, "x".repeat(INPUT_BYTES_MAX + 1));
    expect(await messageOf(file)).toMatch(/larger than 262144 bytes/);
    await writeFile(file, "x".repeat(INPUT_BYTES_MAX));
    expect(await readInputFile(file)).toMatchObject({ kind: "valid" });
  });

  it("says that a file is not UTF-8", async () => {
    const file = join(directory, "latin1");
    await writeFile(file, Buffer.from([0x61, 0xe4, 0x62]));
    expect(await messageOf(file)).toMatch(/not text in UTF-8; save it as UTF-8/);
  });
});

describe("readInputStream()", () => {
  it("reads text, whose characters may lie over chunks", async () => {
    const bytes = Buffer.from("Grüße\n");
    const stream = Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]);
    const read = await readInputStream(stream, "standard input", 100);
    expect(read).toEqual({ kind: "valid", value: "Grüße\n" });
  });

  it.each([
    ["what is too large", Buffer.alloc(101, "x"), /it is larger than 100 bytes/],
    ["what is no UTF-8", Buffer.from([0x5a, 0xeb]), /this is not text in UTF-8/],
  ])("refuses %s, naming the stream", async (_what, bytes, message) => {
    const read = await readInputStream(Readable.from([bytes]), "standard input", 100);
    expect(read).toMatchObject({
      problems: [{ file: "standard input", message: expect.stringMatching(message) as string }],
    });
  });
});
