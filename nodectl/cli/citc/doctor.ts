import { resolve } from "node:path";
import { cloudChecks } from "../../commands/doctor/cloud-checks.ts";
import type { Check, CheckResult } from "../../commands/doctor/check.ts";
import { examine } from "../../commands/doctor/examine.ts";
import { machineChecks } from "../../commands/doctor/machine-checks.ts";
import {
  countFindings,
  formatJson,
  formatResult,
  formatSummary,
} from "../../commands/doctor/report.ts";
import { slurmChecks } from "../../commands/doctor/slurm-checks.ts";
import { wrong } from "../../domain/doctor/finding.ts";
import { columnsOf } from "../columns.ts";
import { createCommandLog } from "../command-log.ts";
import { CONFIG_FILE, readConfig } from "../config.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS, withPaths } from "../path-options.ts";
import type { ExitCode, Program, ProgramInput } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { createDoctorContext } from "./doctor-context.ts";

const HELP = `Usage: citc doctor [options]

Checks what a cluster needs, and says for everything that is wrong what to do:
the machine's files, programs and clock, munge, slurmctld and its settings,
the credentials, what OCI allows and has left. It only looks, as root, and
takes some seconds; a check that gets no answer ends after ten.

Options:
  --json                    print all findings as JSON
${PATH_HELP}
  --help

Exit status: 0 nothing is wrong; 1 something is wrong, and was said; 2 the
command line is wrong.
`;

export const doctor: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  if (positionals.length > 0) throw new UsageError(`unexpected argument ${positionals[0] ?? ""}`);
  const configFile = resolve(values.config ?? CONFIG_FILE);
  const checks = await loadChecks(configFile, values, input);
  return values.json === true
    ? await runForScripts(checks, input)
    : await runForPeople(checks, input);
};

/** Without settings there is nothing that the other checks could look at. */
async function loadChecks(
  configFile: string,
  given: Parameters<typeof withPaths>[1],
  { pid }: ProgramInput,
): Promise<readonly Check[]> {
  const read = await readConfig(configFile);
  if (read.kind === "invalid") {
    const findings = read.problems.map(({ file, line, key, message, fix }) => {
      const place = [file, line, key].filter((it) => it !== undefined).join(": ");
      return wrong(`${place}: ${message}`, `${fix}; the other checks need the settings`);
    });
    const run = () => Promise.resolve(findings);
    return [{ id: "settings", title: "Settings", whenSilent: "", run }];
  }
  // Every failure becomes a finding: a log would say it twice.
  const log = createCommandLog({ program: "doctor", clock: systemClock, pid });
  const context = createDoctorContext(withPaths(read.value, given), configFile, log);
  return [...machineChecks(context), ...slurmChecks(context), ...cloudChecks(context)];
}

async function runForScripts(
  checks: readonly Check[],
  { stdout }: ProgramInput,
): Promise<ExitCode> {
  const results = await examine(checks, { clock: systemClock, isRoot: isRoot() });
  stdout.write(formatJson(results));
  return exitCodeOf(results);
}

/** On a terminal each line comes as its check ends; elsewhere in the order of the checks, which is always the same. */
async function runForPeople(checks: readonly Check[], { stdout }: ProgramInput): Promise<ExitCode> {
  const startMs = systemClock.now();
  const isLive = stdout.isTTY;
  const columns = columnsOf(stdout);
  const print = (result: CheckResult): void => {
    stdout.write(formatResult(result, { columns, hasColours: isLive && stdout.hasColors() }));
  };
  const results = await examine(checks, {
    ...{ clock: systemClock, isRoot: isRoot() },
    ...(isLive && { onEnd: print }),
  });
  if (!isLive) results.forEach(print);
  stdout.write(formatSummary(countFindings(results), systemClock.now() - startMs));
  return exitCodeOf(results);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function exitCodeOf(results: readonly CheckResult[]): ExitCode {
  return countFindings(results).wrong === 0 ? 0 : 1;
}
