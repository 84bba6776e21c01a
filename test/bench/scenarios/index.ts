import type { Scenario } from "../scenario.ts";
import { bootScenario } from "./boot.ts";
import { citcScenario } from "./citc.ts";
import { coldStartScenario } from "./cold-start.ts";
import { faultScenarios } from "./faults.ts";
import { finishScenario } from "./finish.ts";
import { launchScenario } from "./launch.ts";
import { LIMITER_CASES } from "./limiters.ts";
import { reconcileScenario } from "./reconcile.ts";
import { stopScenario } from "./stop.ts";

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  coldStartScenario,
  ...LIMITER_CASES.map(launchScenario),
  citcScenario,
  stopScenario,
  finishScenario,
  ...faultScenarios,
  reconcileScenario,
];

/** Named, they run; otherwise not. */
export const NAMED_SCENARIOS: readonly Scenario[] = [bootScenario];

const SLOW = new Set([
  ...LIMITER_CASES.filter(({ quickNodeCount }) => quickNodeCount === undefined).map(nameOf),
  // Below the burst nothing is limited, and CitC is slow beyond.
  citcScenario.name,
  // Its 10,000 instances are launched one by one.
  reconcileScenario.name,
]);

/** What is left within three minutes. */
export const QUICK_SCENARIOS = SCENARIOS.filter((one) => !SLOW.has(nameOf(one)));

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
