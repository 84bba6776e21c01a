import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import { floorMs } from "../floor.ts";
import { acceptedTimes, countOperations, countRequests } from "../observe.ts";
import type { ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { API_SETTINGS, withWorld, type Bench, type World } from "../world/world.ts";
import { COMMON_LIMITER } from "./limiters.ts";
import { nodeNames, start } from "./start-subject.ts";

const NODE_COUNT = 1000;
const QUICK_NODE_COUNT = 150;
const CAP_MS = 300_000;

/** Stops nodes whose instances all run. */
export const stopScenario: Scenario = {
  name: "stop",
  title: `stopnode, ${COMMON_LIMITER.title}`,
  run: (bench) => withWorld(bench, [], (world) => run(bench, world)),
};

async function run(bench: Bench, world: World): Promise<ScenarioResult> {
  const names = nodeNames(bench.isQuick ? QUICK_NODE_COUNT : NODE_COUNT);
  // Nothing limits the launches, which are not what is measured.
  const subject = { kind: "ours", processCount: 1 } as const;
  const { lost } = await start(bench, world, subject, { nodeNames: names, capMs: CAP_MS });
  if (lost.length > 0) throw new Error(`nothing to stop: startnode lost ${lost.join(", ")}`);
  const [last] = (await world.api.calls()).slice(-1);
  const { limiter } = COMMON_LIMITER;
  await world.api.setRateLimits({ all: limiter });
  const ours = await bench.runner.run({
    command: bench.installation.program("stopnode"),
    args: ["--config", world.files.settings, compressHostlist(names)],
    isMeasured: true,
    capMs: CAP_MS,
  });
  const calls = await world.api.calls(last?.sequence ?? 0);
  const { startedMs } = ours;
  const terminations = acceptedTimes(calls, "TerminateInstance");
  const work = { requestCount: names.length, latencyMs: API_SETTINGS.otherLatencyMs, startedMs };
  const floor = floorMs(limiter, work) / 1000;
  const times = terminations.map((timeMs) => (timeMs - startedMs) / 1000);
  bench.progress(`ours: ${times.length} terminated by ${(times.at(-1) ?? 0).toFixed(1)} s`);
  const requests = countRequests(calls);
  const label = `stop ${names.length} nodes, ${COMMON_LIMITER.title}`;
  return {
    rows: [
      {
        what: `${label}: all terminated`,
        unit: "s",
        ours: times[names.length - 1],
        floor,
      },
      {
        what: `${label}: requests`,
        unit: "requests/node",
        ours: calls.length / names.length,
      },
      { what: `${label}: memory`, unit: "MB", ours: ours.usage?.residentMbMax },
    ],
    lost: times.length < names.length ? [`${names.length - times.length} not terminated`] : [],
    data: { floorSeconds: floor, times, requests, operations: countOperations(calls), run: ours },
  };
}
