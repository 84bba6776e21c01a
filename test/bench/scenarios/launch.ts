import type { Curve, Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { Bench } from "../world/world.ts";
import type { LimiterCase } from "./limiters.ts";
import {
  addressed,
  atMost,
  compare,
  cpuSeconds,
  describeLaunches,
  describeRequests,
  floorCurve,
  floorSeconds,
  launched,
  requestsPerNode,
  residentMb,
} from "./start-rows.ts";
import type { StartObservation } from "./start-observation.ts";
import { nodeNames, startInFreshWorld, type Subject } from "./start-subject.ts";

/** A rival is cut at so many floors, and ours at so many: the first is slow, the second would be broken. */
const RIVAL_CAP = { floors: 2, extraMs: 5_000 };
const OUR_CAP = { floors: 6, extraMs: 30_000 };
const RIVAL = "p-retry";
const PLAIN: Subject = { kind: "plain-p-retry" };

/** Starts nodes against one limiter: ours, then the rival, each with a fresh API. */
export function launchScenario(oneCase: LimiterCase): Scenario {
  return {
    name: oneCase.name,
    title: titleOf(oneCase, oneCase.nodeCount),
    run: (bench) => run(bench, oneCase),
  };
}

function titleOf({ title, isOutOfSample = false }: LimiterCase, nodeCount: number): string {
  return `${nodeCount} nodes, ${title}${isOutOfSample ? " (out of sample)" : ""}`;
}

async function run(bench: Bench, oneCase: LimiterCase): Promise<ScenarioResult> {
  const { nodeCount, quickNodeCount = nodeCount, processCount = 1 } = oneCase;
  const names = nodeNames(bench.isQuick ? quickNodeCount : nodeCount);
  const capMs = ({ floors, extraMs }: typeof OUR_CAP): number =>
    floors * 1000 * floorSeconds(oneCase.limiter, { nodeCount: names.length, startedMs: 0 }) +
    extraMs;
  const subject = (kind: Subject, cap: typeof OUR_CAP): Promise<StartObservation> =>
    startInFreshWorld(bench, oneCase, kind, { nodeNames: names, capMs: capMs(cap) });
  const ours = await subject({ kind: "ours", processCount }, OUR_CAP);
  bench.progress(`ours: ${describeLaunches(ours)}`);
  const rivals = oneCase.hasNoRival === true ? [] : [await subject(PLAIN, RIVAL_CAP)];
  for (const rival of rivals) bench.progress(`${RIVAL}: ${describeLaunches(rival)}`);
  return {
    rows: rowsOf(oneCase, { ours, rivals }),
    curves: oneCase.isPlotted === true ? curvesOf(oneCase, { ours, rivals }) : [],
    lost: ours.lost,
    data: { ours, rivals },
  };
}

interface Compared {
  readonly ours: StartObservation;
  readonly rivals: readonly StartObservation[];
}

function rowsOf(oneCase: LimiterCase, { ours, rivals }: Compared): Row[] {
  const label = titleOf(oneCase, ours.nodeCount);
  const { targets, judgesMemory = false } = oneCase;
  const floor = floorSeconds(oneCase.limiter, ours);
  const named = rivals.map((observation) => ({ name: RIVAL, observation }));
  const subjects = { ours, rivals: named };
  return [
    {
      ...compare(`${label}: launched`, "s", launched, subjects),
      ...{ floor, ...atMost("ratio", targets.launched) },
    },
    {
      ...compare(`${label}: all addressed`, "s", addressed, subjects),
      ...{ floor, ...atMost("ratio", targets.addressed) },
    },
    {
      ...compare(`${label}: requests`, "requests/node", requestsPerNode, subjects),
      ...{ remark: describeRequests(ours), ...atMost("value", targets.requests) },
    },
    compare(`${label}: CPU`, "CPU s", cpuSeconds, subjects),
    {
      ...compare(`${label}: memory`, "MB", residentMb, subjects),
      ...atMost("value", judgesMemory ? 120 : undefined),
    },
  ];
}

function curvesOf(oneCase: LimiterCase, { ours, rivals }: Compared): Curve[] {
  const panel = titleOf(oneCase, ours.nodeCount);
  return [
    { panel, name: "floor", kind: "floor", times: floorCurve(oneCase.limiter, ours) },
    { panel, name: "ours", kind: "ours", times: ours.launchTimes },
    ...rivals.map(({ launchTimes }): Curve => ({
      panel,
      name: RIVAL,
      kind: "rival",
      times: launchTimes,
    })),
  ];
}
