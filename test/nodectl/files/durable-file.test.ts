import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { describeError } from "../../../nodectl/cli/run.ts";
import { DiskFullError, writeDurably } from "../../../nodectl/files/durable-file.ts";

it("says that a disk is full in one sentence, which needs no stack", () => {
  const cause = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
  const error = new DiskFullError("/mnt/shared/etc/slurm/nodes.json", { cause });
  expect(describeError(error)).toBe(
    "/mnt/shared/etc/slurm/nodes.json could not be written: its file system is full " +
      "(df /mnt/shared/etc/slurm); free some space, then run it again",
  );
});

it("passes on what else the system refuses", async () => {
  await expect(writeDurably("/nowhere/at/all", "text")).rejects.toThrow("ENOENT");
  expect(existsSync("/nowhere")).toBe(false);
});
