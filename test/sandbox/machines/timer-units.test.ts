import { expect, test } from "vitest";
import { VERBS } from "../../../nodectl/cli/citc/verbs.ts";
import { timerUnits } from "./timer-units.ts";

/** Of a unit file: the value of the only line with that key. */
async function valueOf(unit: string, key: string): Promise<string> {
  const file = (await timerUnits()).find(({ path }) => path === `/etc/systemd/system/${unit}`);
  const lines = String(file?.content).split("\n");
  const values = lines.filter((line) => line.startsWith(`${key}=`));
  expect(values).toHaveLength(1);
  return values[0]?.slice(key.length + 1) ?? "";
}

test("the timer's service calls a command that there is, each minute", async () => {
  const words = (await valueOf("citc-reconcile.service", "ExecStart")).split(" ");
  expect(words).toEqual(["/usr/local/bin/citc", "reconcile"]);
  expect(Object.keys(VERBS)).toContain(words[1]);
  expect(await valueOf("citc-reconcile.timer", "OnUnitActiveSec")).toBe("60");
});

test("a pass ends by itself before systemd ends it", async () => {
  // PASS_DEADLINE_MS of cluster-context.ts is 300 s.
  expect(Number(await valueOf("citc-reconcile.service", "TimeoutStartSec"))).toBeGreaterThan(300);
});
