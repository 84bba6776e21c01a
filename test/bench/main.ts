import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { buildArchives } from "../../nodectl/build/build.ts";
import { ARCHITECTURES } from "../../nodectl/build/runtime.ts";
import { interruptionOf, type Interrupted } from "../sandbox/interrupt.ts";
import { readBenchOptions, USAGE, UsageError, type BenchOptions } from "./options.ts";
import { describeMachine } from "./report/machine.ts";
import { files, problemsOf, rowsOf, type Outcome } from "./report/report.ts";
import { tally } from "./report/table.ts";
import type { ScenarioResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";
import { install } from "./world/installation.ts";
import { buildPrograms } from "./world/programs.ts";
import { Runner } from "./world/run-program.ts";
import type { Bench } from "./world/world.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Below the repository, so that the rivals find node_modules. */
const PROGRAM_DIRECTORY = join(ROOT, ".bench/programs-");

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(args);
  if (options === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  const architectures = ARCHITECTURES.filter((name) => name === process.arch);
  await buildArchives({ rootDirectory: ROOT, architectures, report: say });
  await mkdir(dirname(PROGRAM_DIRECTORY), { recursive: true });
  const programDirectory = await mkdtemp(PROGRAM_DIRECTORY);
  const scratch = await mkdtemp(join(tmpdir(), "citc-bench-"));
  const programs = await buildPrograms(ROOT, programDirectory);
  const runner = new Runner(programs.exitUsage, scratch);
  const undos: (() => Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    runner.killAll();
    await Promise.all(undos.map((undo) => undo()));
    const directories = [scratch, programDirectory];
    await Promise.all(directories.map((path) => rm(path, { recursive: true, force: true })));
  };
  const signal = endWithUs(cleanUp);
  try {
    const installation = await install(ROOT, join(scratch, "installed"));
    const { isQuick } = options;
    return await measure(options, {
      ...{ installation, programs, runner, scratch, isQuick, progress, signal },
      onInterrupt: (undo) => void undos.push(undo),
    });
  } finally {
    await cleanUp();
  }
}

function progress(text: string): void {
  say(`      ${text}`);
}

async function measure(options: BenchOptions, bench: Bench): Promise<number> {
  const startedAt = new Date().toISOString();
  const machine = await describeMachine(ROOT);
  const outcomes: Outcome[] = [];
  for (const [index, scenario] of options.scenarios.entries()) {
    say(`[${index + 1}/${options.scenarios.length}] ${scenario.name}: ${scenario.title}`);
    const outcome = await runScenario(scenario, bench);
    progress(`took ${outcome.seconds.toFixed(0)} s`);
    outcomes.push(outcome);
  }
  const { nodeVersion } = bench.installation;
  const run = { startedAt, isQuick: options.isQuick, machine, nodeVersion, outcomes };
  const texts = files(run);
  await mkdir(options.outDirectory, { recursive: true });
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(options.outDirectory, name), text);
  }
  process.stdout.write(texts["bench.md"]);
  return conclude(options, outcomes);
}

/** Ctrl-C must leave nothing behind either. The signal aborts when it comes. */
function endWithUs(cleanUp: () => Promise<void>): AbortSignal {
  const signal = interruptionOf(process);
  signal.addEventListener("abort", () => {
    const { exitCode } = signal.reason as Interrupted;
    void cleanUp().finally(() => process.exit(exitCode));
  });
  return signal;
}

/** One that cannot be measured must not keep the others from it. */
async function runScenario(scenario: Scenario, bench: Bench): Promise<Outcome> {
  const { name, title } = scenario;
  const begun = performance.now();
  const measured = async (): Promise<
    { kind: "measured"; result: ScenarioResult } | { kind: "failed"; message: string }
  > => {
    try {
      return { kind: "measured", result: await scenario.run(bench) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say(`      could not run: ${message}`);
      return { kind: "failed", message };
    }
  };
  const end = await measured();
  return {
    name,
    title,
    ...end,
    seconds: (performance.now() - begun) / 1000,
    load: loadavg()[0] ?? 0,
  };
}

function conclude({ outDirectory }: BenchOptions, outcomes: readonly Outcome[]): number {
  const { met, missed } = tally(rowsOf(outcomes));
  const problems = problemsOf(outcomes);
  for (const problem of problems) say(`bench: ${problem}`);
  const where = relative(process.cwd(), outDirectory) || ".";
  say(`${met} targets met, ${missed} missed; ${where}/bench.md, bench.json, bench.svg`);
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`bench: ${error.message}`);
  process.exitCode = 2;
}
