import type { Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { Bench } from "../world/world.ts";
import { COMMON_LIMITER } from "./limiters.ts";
import { addressed, compare, describeLaunches, floorCurve, requestsPerNode } from "./start-rows.ts";
import type { StartObservation } from "./start-observation.ts";
import { nodeNames, startInFreshWorld, type Subject } from "./start-subject.ts";

const NODE_COUNT = 200;
const CAP_MS = 60_000;
/** CitC needs 80 to 90 s for 200 nodes: cut when it is clear whether it takes eight times as long as ours. */
const CAP_IN_OURS = 8.25;
const REQUESTS_ADVANTAGE = 10;

/** Ours beside the requests that Cluster in the Cloud's startnode sends. */
export const citcScenario: Scenario = {
  name: "citc",
  title: `CitC's pattern of requests, ${COMMON_LIMITER.title}`,
  run,
};

async function run(bench: Bench): Promise<ScenarioResult> {
  const names = nodeNames(NODE_COUNT);
  const subject = async (kind: Subject, capMs = CAP_MS): Promise<StartObservation> => {
    const options = { nodeNames: names, capMs };
    const observation = await startInFreshWorld(bench, COMMON_LIMITER, kind, options);
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

const PANEL = `beside CitC's pattern of requests, ${COMMON_LIMITER.title}`;

function nameOf(subject: Subject): string {
  return subject.kind === "citc" && !subject.retriesReads
    ? "citc, reads not retried"
    : subject.kind;
}

/** Every node needs its launch: less than one request a node cannot be had, however much the rival sends. */
function whyOutOfReach(rival: StartObservation): Pick<Row, "remark"> {
  const wanted = (requestsPerNode(rival)?.value ?? 0) / REQUESTS_ADVANTAGE;
  if (wanted >= 1) return {};
  return {
    remark: `a tenth would be ${wanted.toFixed(2)}, less than the one launch that each needs`,
  };
}

interface Observations {
  readonly ours: StartObservation;
  readonly kind: StartObservation;
  readonly asItWas: StartObservation;
}

function rowsOf({ ours, kind, asItWas }: Observations): Row[] {
  const label = `${ours.nodeCount} nodes beside CitC, ${COMMON_LIMITER.title}`;
  const rivals = [{ name: "CitC", observation: kind }];
  return [
    {
      ...compare(`${label}: all addressed`, "s", addressed, { ours, rivals }),
      target: { of: "advantage", bound: "at-least", limit: 8 },
    },
    {
      ...compare(`${label}: requests`, "requests/node", requestsPerNode, { ours, rivals }),
      ...whyOutOfReach(kind),
      target: { of: "advantage", bound: "at-least", limit: REQUESTS_ADVANTAGE },
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
