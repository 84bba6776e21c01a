import type { CallEntry } from "../../sandbox/api/call-log.ts";
import { OUT_OF_CAPACITY, type FaultRule } from "../../sandbox/api/fault-rules.ts";
import { secondsToOtherDomain } from "../observe.ts";
import type { Row, ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import { withWorld, type Bench } from "../world/world.ts";
import { COMMON_LIMITER } from "./limiters.ts";
import {
  addressed,
  atMost,
  describeLaunches,
  floorSeconds,
  launched,
  requestsPerNode,
} from "./start-rows.ts";
import type { StartObservation } from "./start-observation.ts";
import { nodeNames, start } from "./start-subject.ts";

interface FaultCase {
  readonly name: string;
  readonly title: string;
  readonly nodeCount: number;
  /** With --quick, if it would take too long. */
  readonly quickNodeCount?: number;
  /** How many availability domains the nodes may be in. */
  readonly adCount: number;
  readonly capMs: number;
  fault(availabilityDomains: readonly string[]): FaultRule;
  rows(label: string, ours: StartObservation, calls: readonly CallEntry[]): Row[];
}

const CASES: readonly FaultCase[] = [
  {
    name: "half-refused",
    title: `half of the calls refused at random (429), ${COMMON_LIMITER.title}`,
    nodeCount: 200,
    quickNodeCount: 60,
    adCount: 1,
    capMs: 120_000,
    fault: () => ({
      operation: "*",
      probability: 0.5,
      seed: 7,
      answer: { kind: "error", status: 429, code: "TooManyRequests", message: "Too many requests" },
    }),
    rows: (label, ours) => {
      // Every launch takes two requests, and all of them are counted by the limiter.
      const { nodeCount, startedMs } = ours;
      const floor = floorSeconds(COMMON_LIMITER.limiter, { nodeCount: 2 * nodeCount, startedMs });
      const requests = requestsPerNode(ours)?.value;
      return [
        {
          what: `${label}: launched`,
          unit: "s",
          ours: launched(ours)?.value,
          floor,
          ...atMost("ratio", 2),
        },
        { what: `${label}: all addressed`, unit: "s", ours: addressed(ours)?.value, floor },
        { what: `${label}: requests`, unit: "requests/node", ours: requests, floor: 2 },
      ];
    },
  },
  {
    name: "ad1-full",
    title: "AD 1 has no capacity, AD 2 has",
    nodeCount: 12,
    adCount: 2,
    capMs: 60_000,
    fault: ([availabilityDomain = ""]) => ({
      operation: "LaunchInstance",
      match: { availabilityDomain },
      answer: OUT_OF_CAPACITY,
    }),
    rows: (label, ours, calls) => {
      const delay = secondsToOtherDomain(calls);
      const what = `${label}: from the first refusal to a refused node's first launch in AD 2`;
      const remark = `${ours.downTimes.length} nodes set DOWN without a try elsewhere`;
      const untried = { remark };
      return [
        {
          what,
          unit: "s",
          ours: delay,
          ...(delay === undefined && untried),
          ...atMost("value", 5),
        },
        { what: `${label}: launched`, unit: "nodes", ours: ours.launchTimes.length },
      ];
    },
  },
  {
    name: "stock-out",
    title: "no capacity anywhere",
    nodeCount: 100,
    adCount: 3,
    capMs: 120_000,
    fault: () => ({ operation: "LaunchInstance", answer: OUT_OF_CAPACITY }),
    rows: (label, ours) => [
      {
        what: `${label}: until Slurm was told that the last node is down`,
        unit: "s",
        ours: ours.downTimes[ours.nodeCount - 1],
        remark: `${requestsPerNode(ours)?.value.toFixed(2) ?? "?"} requests a node`,
        ...atMost("value", 30),
      },
    ],
  },
];

export const faultScenarios: readonly Scenario[] = CASES.map((one) => ({
  name: one.name,
  title: `${one.nodeCount} nodes, ${one.title}`,
  run: (bench) => run(bench, one),
}));

async function run(bench: Bench, one: FaultCase): Promise<ScenarioResult> {
  return await withWorld(bench, COMMON_LIMITER.apiOptions, async (world) => {
    await world.api.addFault(one.fault(world.api.place.availabilityDomains));
    const { nodeCount, quickNodeCount = nodeCount, adCount, capMs } = one;
    const names = nodeNames(bench.isQuick ? quickNodeCount : nodeCount);
    const subject = { kind: "ours", processCount: 1 } as const;
    const ours = await start(bench, world, subject, { nodeNames: names, adCount, capMs });
    bench.progress(`ours: ${describeLaunches(ours)}, ${ours.downTimes.length} told to be down`);
    const label = `${names.length} nodes, ${one.title}`;
    const rows = one.rows(label, ours, await world.api.calls());
    return { rows, lost: ours.lost, data: { ours } };
  });
}
