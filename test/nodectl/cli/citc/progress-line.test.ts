import { expect, test } from "vitest";
import { openProgressLine } from "../../../../nodectl/cli/citc/progress-line.ts";
import { VirtualClock } from "../../commands/virtual-clock.ts";

function rig(isTTY: boolean) {
  const written: string[] = [];
  const clock = new VirtualClock();
  const stream = { isTTY, write: (text: string) => void written.push(text) };
  return { written, clock, progress: openProgressLine(stream, clock) };
}

test("an answer within two seconds leaves no trace on the terminal", async () => {
  const { written, clock, progress } = rig(true);
  progress.waitFor("OCI");
  await clock.sleep(1_900);
  progress.end();
  await clock.sleep(10_000);
  expect(written).toEqual([]);
});

test("a longer wait is named, with whom it is for, and taken away at its end", async () => {
  const { written, clock, progress } = rig(true);
  progress.waitFor("OCI");
  await clock.sleep(2_100);
  progress.waitFor("Slurm");
  progress.waitFor("Slurm");
  progress.end();
  progress.waitFor("OCI");
  const blank = (text: string): string => `\r${" ".repeat(text.length)}\r`;
  const [oci, slurm] = ["waiting for OCI…", "waiting for Slurm…"];
  expect(written).toEqual([`${blank("")}${oci}`, `${blank(oci)}${slurm}`, blank(slurm)]);
});

test("nothing is written where there is no terminal", async () => {
  const { written, clock, progress } = rig(false);
  progress.waitFor("OCI");
  await clock.sleep(60_000);
  progress.end();
  expect(written).toEqual([]);
});
