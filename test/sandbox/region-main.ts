/**
 * The process in whose namespaces a sandbox lives. sandbox.ts starts it as the only child of process 1 of these
 * namespaces, in its working directory, where the plan is. What it makes has no name outside and is gone when it ends,
 * which is when its standard input does: that is the other end's life.
 */
import { readFile } from "node:fs/promises";
import { createCommandLog } from "../../nodectl/cli/command-log.ts";
import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { PLAN_FILE, type RegionMessage, type RegionPlan } from "./region-plan.ts";
import { startRegion } from "./region.ts";

// Files for the machines get the modes that they are given, whatever the user's shell says.
process.umask(0o022);
process.stdin.resume().once("close", () => process.exit(0));

const log = createCommandLog({
  program: "region",
  stream: process.stderr,
  clock: systemClock,
  pid: process.pid,
});
try {
  // Our own program wrote it a moment ago.
  const plan = JSON.parse(await readFile(PLAN_FILE, "utf8")) as RegionPlan;
  await startRegion(plan, { clock: systemClock, log });
  tell({ kind: "ready" });
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  log.error("The region did not start", { reason: stack ?? message });
  tell({ kind: "failed", message });
  process.exit(1);
}

function tell(message: RegionMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
