import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formerNumbers, retireNumber } from "../../../nodectl/files/former-numbers.ts";

let root: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "homes-"));
  file = join(root, ".former-numbers");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function options() {
  return { root, skeleton: "/etc/skel" };
}

describe("former numbers", () => {
  it("are none at first, and each is kept once, for root alone", async () => {
    expect(await formerNumbers(options())).toEqual([]);
    for (const number of [10_000, 10_007, 10_000]) await retireNumber(options(), number);
    expect(await formerNumbers(options())).toEqual([10_000, 10_007]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("are all kept when several are noted at once", async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => 10_000 + index);
    await Promise.all(numbers.map((number) => retireNumber(options(), number)));
    expect(new Set(await formerNumbers(options()))).toEqual(new Set(numbers));
  });

  it("are not spoilt by one that was cut off", async () => {
    writeFileSync(file, "\n10000\n\n100");
    await retireNumber(options(), 10_001);
    expect(await formerNumbers(options())).toEqual([10_000, 100, 10_001]);
  });

  it("name the line that is none", async () => {
    appendFileSync(file, "10000\nada\u001b\n");
    await expect(formerNumbers(options())).rejects.toThrow(
      /\.former-numbers: line 2 is no number \(ada\\u\{1b\}\); take it out/,
    );
  });

  it("say that the file system may not be mounted", async () => {
    const nowhere = { ...options(), root: join(root, "nowhere") };
    await expect(retireNumber(nowhere, 10_000)).rejects.toThrow(
      /is the shared file system mounted\?/,
    );
  });
});
