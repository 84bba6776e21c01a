import { rm, readFile, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { median } from "../observe.ts";
import type { ScenarioResult } from "../result.ts";
import type { Scenario } from "../scenario.ts";
import type { ProgramRun } from "../world/run-program.ts";
import { withWorld, type Bench, type World } from "../world/world.ts";

const RUN_COUNT = 5;
const CAP_MS = 120_000;

/** Several shapes in several places, 10,000 nodes in all: one group holds 9,999 at most. */
const LIMITS = {
  "VM.Standard2.1": { 1: 1000, 2: 1000, 3: 1000 },
  "VM.Standard2.8": 2000,
  "VM.Standard.E4.Flex.4.64": 3000,
  "VM.Standard.E5.Flex.8.96": 2000,
};
const GROUPS = [
  ...[1, 2, 3].map((ad) => ({ prefix: `vm-standard2-1-ad${ad}`, count: 1000 })),
  { prefix: "vm-standard2-8", count: 2000 },
  { prefix: "vm-standard-e4-flex-4-64", count: 3000 },
  { prefix: "vm-standard-e5-flex-8-96", count: 2000 },
];

/** From nothing to 10,000 nodes that slurmctld (the stand-in) knows. */
export const finishScenario: Scenario = {
  name: "finish",
  title: `finish with 10,000 nodes, median of ${RUN_COUNT} runs`,
  run: (bench) => withWorld(bench, [], (world) => run(bench, world)),
};

async function run(bench: Bench, world: World): Promise<ScenarioResult> {
  const { files } = world;
  await writeFile(files.path("limits.yaml"), stringify(LIMITS));
  const names = GROUPS.flatMap(({ prefix, count }) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(4, "0")}`),
  );
  const runs: ProgramRun[] = [];
  for (let round = 0; round < RUN_COUNT; round += 1) {
    await rm(files.path("slurm"), { recursive: true });
    await files.makeSlurmDirectory();
    await files.setSlurmNodes("nodes.json", { names: [], sample: "powered_down" });
    await files.setSlurmNodes("nodes-next.json", { names, sample: "powered_down" });
    runs.push(await finish(bench, world));
  }
  const text = await readFile(files.path("slurm/slurm.conf"), "utf8");
  const lineCount = text.trimEnd().split("\n").length;
  const seconds = median(runs.map(({ durationMs }) => durationMs)) / 1000;
  bench.progress(`ours: ${seconds.toFixed(2)} s, ${lineCount} lines of slurm.conf`);
  const label = `finish, ${names.length} nodes`;
  return {
    rows: [
      {
        what: `${label}: wall time`,
        unit: "s",
        ours: seconds,
        target: { of: "value", bound: "at-most", limit: 1 },
      },
      {
        what: `${label}: slurm.conf`,
        unit: "lines",
        ours: lineCount,
        target: { of: "value", bound: "at-most", limit: 100 },
      },
      {
        what: `${label}: memory`,
        unit: "MB",
        ours: Math.max(...runs.map(({ usage }) => usage?.residentMbMax ?? Number.NaN)),
      },
    ],
    lost: [],
    data: { runs, slurmConf: text },
  };
}

async function finish(bench: Bench, { files }: World): Promise<ProgramRun> {
  const outcome = await bench.runner.run({
    command: bench.installation.program("finish"),
    args: ["--config", files.settings, "--lock-file", files.path("finish.lock")],
    isMeasured: true,
    capMs: CAP_MS,
  });
  if (outcome.exitCode !== 0) throw new Error(`finish failed: ${outcome.stderr}`);
  return outcome;
}
