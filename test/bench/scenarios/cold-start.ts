import type { CallEntry } from "../../sandbox/api/call-log.ts";
import { addressTimes, median } from "../observe.ts";
import type { ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { ProgramOptions, ProgramRun } from "../world/run-program.ts";
import { withWorld, type Bench, type World } from "../world/world.ts";
import { compressHostlist } from "../../../nodectl/domain/hostlist.ts";
import { nodeNames, slurmsCall, writeOrder } from "./start-subject.ts";

const RUN_COUNT = 15;
const CAP_MS = 30_000;

/** How long a program takes until its first signed request reaches the API, beside an empty program. */
export const coldStartScenario: Scenario = {
  name: "cold-start",
  title: `first signed request, medians of ${RUN_COUNT} runs`,
  run: (bench) => withWorld(bench, QUICK_ANSWERS, (world) => run(bench, world)),
};

/** What comes after the first request is not measured, and need not take long. */
const QUICK_ANSWERS = ["--vnic-delay-ms", "0", "--launch-latency-ms", "0"];

interface Samples {
  readonly empty: number[];
  readonly ours: number[];
  readonly sdk: number[];
}

/** One after the other in every round, so that a slow moment of the computer hits all of them. */
async function run(bench: Bench, world: World): Promise<ScenarioResult> {
  const names = nodeNames(RUN_COUNT);
  await world.files.setNodes(compressHostlist(names), names, 1);
  const order = await writeOrder(world, []);
  const { node } = bench.installation;
  const samples: Samples = { empty: [], ours: [], sdk: [] };
  for (const name of names) {
    samples.empty.push((await spawn(bench, { command: node, args: ["-e", "0"] })).durationMs);
    samples.ours.push(await untilRequest(bench, world, await slurmsCall(bench, world, [name])));
    const args = ["--no-deprecation", bench.programs.sdkListInstances, order];
    samples.sdk.push(await untilRequest(bench, world, { command: node, args }));
  }
  const addressed = addressTimes(await world.files.updates());
  const [empty, ours, sdk] = [samples.empty, samples.ours, samples.sdk].map(median);
  bench.progress(`node -e 0 ${empty?.toFixed(0)} ms, ours ${ours?.toFixed(0)} ms`);
  return {
    rows: [
      {
        what: `cold start, first signed request (floor: node -e 0, both on ${bench.installation.nodeVersion})`,
        unit: "ms",
        ours,
        rivals: [{ name: "SDK unbundled", value: sdk ?? Number.NaN, isAtLeast: false }],
        ...(empty !== undefined && { floor: empty }),
        target: { of: "ratio", bound: "at-most", limit: 9 },
      },
    ],
    lost: names.filter((name) => !addressed.has(name)),
    data: { runtime: bench.installation.nodeVersion, samplesMs: samples },
  };
}

type Call = Pick<ProgramOptions, "command" | "args" | "env">;

async function spawn(bench: Bench, call: Call): Promise<ProgramRun> {
  const outcome = await bench.runner.run({ ...call, isMeasured: false, capMs: CAP_MS });
  if (outcome.exitCode !== 0 || outcome.isCut) {
    throw new Error(`${call.command} ${call.args.join(" ")} failed: ${outcome.stderr}`);
  }
  return outcome;
}

/** Milliseconds from before the process was made until its first request had arrived, body and all. */
async function untilRequest(bench: Bench, { api }: World, call: Call): Promise<number> {
  const [last] = (await api.calls()).slice(-1);
  const { startedMs } = await spawn(bench, call);
  const [first]: readonly (CallEntry | undefined)[] = await api.calls(last?.sequence ?? 0);
  if (first === undefined) throw new Error(`${call.command} sent no request`);
  return first.timeMs - startedMs;
}
