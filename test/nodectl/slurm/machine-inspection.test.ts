import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { machineInspection } from "../../../nodectl/slurm/machine-inspection.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-machine-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("machineInspection", () => {
  it("leaves nothing behind where it could write, and says why it could not", async () => {
    expect(await machineInspection.tryToWrite(directory)).toEqual({ kind: "done" });
    expect(readdirSync(directory)).toEqual([]);
    expect(await machineInspection.tryToWrite(join(directory, "no'where $x"))).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("no'where $x") as string,
    });
  });

  it("resolves names as the system does", async () => {
    expect(await machineInspection.addressesOf("localhost")).toContainEqual(
      expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    );
    expect(await machineInspection.addressesOf("no-such-host.invalid")).toEqual([]);
  });

  it("sees the root file system mounted", async () => {
    const mounts = await machineInspection.mounts();
    expect(mounts.map(({ mountPoint }) => mountPoint)).toContain("/");
  });

  it.runIf(process.getuid?.() === 0)(
    "asks as another user, names with blanks included",
    async () => {
      const open = join(directory, "open to all");
      const closed = join(directory, "root's alone");
      for (const file of [open, closed]) writeFileSync(file, "");
      chmodSync(directory, 0o755);
      chmodSync(open, 0o644);
      chmodSync(closed, 0o600);
      expect(await machineInspection.refusedTo("nobody", "read", [open, closed])).toEqual({
        kind: "asked",
        refused: [closed],
      });
      expect(await machineInspection.refusedTo("nobody", "write", [open])).toMatchObject({
        refused: [open],
      });
    },
  );

  it("says that there is no such user", async () => {
    expect(await machineInspection.refusedTo("no-such-user", "read", [directory])).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("no-such-user") as string,
    });
  });
});
