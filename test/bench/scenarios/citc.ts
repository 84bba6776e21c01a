import type { Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { withWorld, type Bench } from "../world/world.ts";
import { COMMON_LIMITER } from "./limiters.ts";
import { addressed, compare, describeLaunches, floorCurve, requestsPerNode } from "./start-rows.ts";
import type { StartObservation } from "./start-observation.ts";
import { nodeNames, start, type Subject } from "./start-subject.ts";

const NODE_COUNT = 200;
const CAP_MS = 60_000;
/** CitC needs 80 to 90 s for 200 nodes: cut when it is clear whether it takes eight times as long as ours. */
const CAP_IN_OURS = 8.25;

/** Ours beside the requests that Cluster in the Cloud's startnode sends. */
export const citcScenario: Scenario = {
  name: "citc",
  title: "CitC's pattern of requests, token bucket 20/s, burst 40",
  run,
};

async function run(bench: Bench): Promise<ScenarioResult> {
  const names = nodeNames(NODE_COUNT);
  const subject = async (kind: Subject, capMs = CAP_MS): Promise<StartObservation> => {
    const observation = await withWorld(bench, COMMON_LIMITER.apiOptions, (world) =>
      start(bench, world, kind, { nodeNames: names, capMs }),
    );
    bench.progress(`${nameOf(kind)}: ${describeLaunches(observation)}`);
    return observation;
  };
  const ours = await subject({ kind: "ours", processCount: 1 });
  const capMs = CAP_IN_OURS * 1000 * (addressed(ours)?.value ?? 0);
  const kind = await subject({ kind: "citc", retriesReads: true }, capMs);
  const asItWas = await subject({ kind: "citc", retriesReads: false });
  return {
    rows: rowsOf({ ours, kind, asItWas }),
    curves: [
      {
        panel: PANEL,
        name: "floor",
        kind: "floor",
        times: floorCurve(COMMON_LIMITER.limiter, ours),
      },
      { panel: PANEL, name: "ours", kind: "ours", times: ours.launchTimes },
      { panel: PANEL, name: "CitC", kind: "rival", times: kind.launchTimes },
    ],
    lost: ours.lost,
    data: { ours, citc: kind, citcWithoutRetriedReads: asItWas },
  };
}

const PANEL = "beside CitC's pattern of requests, token bucket 20/s, burst 40";

function nameOf(subject: Subject): string {
  return subject.kind === "citc" && !subject.retriesReads
    ? "citc, reads not retried"
    : subject.kind;
}

interface Observations {
  readonly ours: StartObservation;
  readonly kind: StartObservation;
  readonly asItWas: StartObservation;
}

function rowsOf({ ours, kind, asItWas }: Observations): Row[] {
  const label = `${ours.nodeCount} nodes beside CitC, token bucket 20/s, burst 40`;
  const rivals = [{ name: "CitC", observation: kind }];
  return [
    {
      ...compare(`${label}: all addressed`, "s", addressed, { ours, rivals }),
      target: { of: "advantage", bound: "at-least", limit: 8 },
    },
    {
      ...compare(`${label}: requests`, "requests/node", requestsPerNode, { ours, rivals }),
      target: { of: "advantage", bound: "at-least", limit: 10 },
    },
    {
      what: `${label}: nodes with an address at the end`,
      unit: "nodes",
      ours: ours.addressTimes.length,
      rivals: [
        {
          name: "CitC, whose reads were not retried",
          value: asItWas.addressTimes.length,
          isAtLeast: asItWas.isCut,
        },
      ],
    },
  ];
}
