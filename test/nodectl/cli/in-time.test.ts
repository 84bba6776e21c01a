import { expect, it } from "vitest";
import { inTime } from "../../../nodectl/cli/in-time.ts";
import { CommandError } from "../../../nodectl/cli/run.ts";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";

it("gives what is read, and the error of a read that fails", async () => {
  expect(await inTime(Promise.resolve("text"), systemClock)).toBe("text");
  await expect(inTime(Promise.reject(new Error("EIO")), systemClock)).rejects.toThrow("EIO");
});

it("does not wait for a file system that hangs", async () => {
  const slept: number[] = [];
  const sleep = (durationMs: number): Promise<void> => {
    slept.push(durationMs);
    return Promise.resolve();
  };
  const hanging = inTime(new Promise<never>(() => undefined), { now: () => 0, sleep });
  await expect(hanging).rejects.toThrow(CommandError);
  expect(slept).toEqual([5_000]);
});
