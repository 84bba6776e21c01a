import type { ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { withWorld, type Bench } from "../world/world.ts";
import { COMMON_LIMITER } from "./limiters.ts";
import {
  addressed,
  describeLaunches,
  describeRequests,
  floorSeconds,
  launched,
  requestsPerNode,
} from "./start-rows.ts";
import { nodeNames, start } from "./start-subject.ts";

const PROCESS_COUNT = 4;
const CAP_MS = 300_000;

/** Slurm calls ResumeProgram once a scheduling pass: several may share the user's limit. */
export const manyProcessesScenario: Scenario = {
  name: "four-processes",
  title: "four startnodes at once on one limit, token bucket 20/s, burst 40",
  run,
};

async function run(bench: Bench): Promise<ScenarioResult> {
  const names = nodeNames(PROCESS_COUNT * (bench.isQuick ? 25 : 250));
  const ours = await withWorld(bench, COMMON_LIMITER.apiOptions, (world) =>
    start(
      bench,
      world,
      { kind: "ours", processCount: PROCESS_COUNT },
      { nodeNames: names, capMs: CAP_MS },
    ),
  );
  bench.progress(`ours: ${describeLaunches(ours)}`);
  const floor = floorSeconds(COMMON_LIMITER.limiter, ours);
  const label = `4 processes, ${names.length} nodes in all, token bucket 20/s, burst 40`;
  return {
    rows: [
      {
        what: `${label}: launched`,
        unit: "s",
        ours: launched(ours)?.value,
        floor,
        target: { of: "ratio", bound: "at-most", limit: 1.25 },
      },
      { what: `${label}: all addressed`, unit: "s", ours: addressed(ours)?.value, floor },
      {
        what: `${label}: requests`,
        unit: "requests/node",
        ours: requestsPerNode(ours)?.value,
        remark: describeRequests(ours),
      },
    ],
    lost: ours.lost,
    data: { ours },
  };
}
