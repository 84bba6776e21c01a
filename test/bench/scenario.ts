import type { ScenarioResult } from "./result.ts";
import type { Bench } from "./world/world.ts";

/** One thing that the bench measures; --only names it. */
export interface Scenario {
  readonly name: string;
  /** What is measured, in one line. */
  readonly title: string;
  run(bench: Bench): Promise<ScenarioResult>;
}
