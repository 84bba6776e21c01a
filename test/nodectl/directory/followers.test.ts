import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startExport } from "../../../nodectl/directory/export-unit.ts";
import { forgetUser } from "../../../nodectl/directory/sssd-cache.ts";
import { endSessions } from "../../../nodectl/files/login-sessions.ts";
import { silentLog } from "../commands/silent-log.ts";

let place: string;
let warnings: string[];
const log = {
  ...silentLog,
  warn: (event: string, fields?: { readonly reason?: string }) =>
    void warnings.push(`${event}: ${fields?.reason ?? ""}`),
};

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "followers-"));
  warnings = [];
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

/** A real little program that notes what it is given, says so much, and ends so. */
function program(exitCode: number, complaint = ""): string {
  const path = join(place, "program");
  const text = `#!/bin/sh\necho "$*" > "$(dirname "$0")/words"\necho '${complaint}' >&2\nexit ${exitCode}\n`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function words(): string {
  return readFileSync(join(place, "words"), "utf8").trim();
}

describe("forgetUser()", () => {
  it.each([0, 2])("is content with the exit status %d", async (exitCode) => {
    await forgetUser("ada", log, program(exitCode));
    expect([words(), warnings]).toEqual(["--user ada --group ada", []]);
  });

  it("logs what goes wrong, and which package is missing", async () => {
    await forgetUser("ada", log, program(1, "no sssd"));
    await forgetUser("ada", log, join(place, "nowhere"));
    expect(warnings[0]).toBe("sssd was not told to forget a user: ada: no sssd");
    expect(warnings[1]).toMatch(/ENOENT; install the package sssd-tools$/);
  });
});

describe("startExport()", () => {
  it.each([0, 5])("is content with the exit status %d", async (exitCode) => {
    await startExport(log, { systemd: place, program: program(exitCode) });
    expect(words()).toBe("start --no-block citc-directory-export.service");
    expect(warnings).toEqual([]);
  });

  it("logs what goes wrong", async () => {
    await startExport(log, { systemd: place, program: program(1, "Access denied") });
    expect(warnings[0]).toMatch(/; its timer will: Access denied$/);
  });

  it("asks nothing where systemd does not run", async () => {
    await startExport(log, { systemd: join(place, "none"), program: join(place, "none") });
    expect(warnings).toEqual([]);
  });
});

describe("endSessions()", () => {
  const end = (path: string) => endSessions(10_000, log, { systemd: place, program: path });

  it("ends those of a number", async () => {
    expect(await end(program(0))).toBe("done");
    expect(words()).toBe("terminate-user 10000");
  });

  it("says that nobody is logged in", async () => {
    const complaint = "Could not terminate user: User ID 10000 is not logged in or lingering";
    expect(await end(program(1, complaint))).toBe("nothing");
    expect(warnings).toEqual([]);
  });

  it("logs what goes wrong", async () => {
    expect(await end(program(1, "Failed to look up user 10000: No such process"))).toBe("failed");
    expect(warnings[0]).toMatch(/: Failed to look up user 10000: No such process$/);
  });

  it("does nothing where there is no logind", async () => {
    expect(await endSessions(10_000, log, { systemd: join(place, "none"), program: "/x" })).toBe(
      "off",
    );
  });
});
