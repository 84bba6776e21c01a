import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { NAMED_SCENARIOS, QUICK_SCENARIOS, SCENARIOS } from "./scenarios/index.ts";
import type { Scenario } from "./scenario.ts";

/** What is wrong with the command line; printed as it is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  readonly isQuick: boolean;
  readonly outDirectory: string;
}

const ALL = [...SCENARIOS, ...NAMED_SCENARIOS];

const NAME_WIDTH = Math.max(...ALL.map(({ name }) => name.length)) + 2;
/** So that help fits on 80 columns. */
const TITLE_WIDTH = 75 - NAME_WIDTH;

export const USAGE = `Usage: npm run bench -- [options]

Measures startnode, stopnode, finish and citc reconcile, as built, against the
sandbox's API on this computer, beside other ways of doing the same and beside
what the API's limiter allows. But for scenarios marked with !, it needs no
root, and the network only to fetch Node for the archive when it is not there
yet. 17 minutes at most.

  --quick         fewer nodes and fewer limiters: 3 minutes at most
  --only NAME     only this scenario; may be given several times
  --out DIR       where bench.md, bench.json and bench.svg go; default .bench
  --help          this text

Scenarios (* also with --quick; ! with --only alone: machines that boot, as
root, 15 minutes):
${ALL.map(helpOf).join("\n")}

Exit status: 0 everything was measured, whether or not the targets were met;
1 a node was lost, or something could not be measured; 2 the command line is
wrong.
`;

function helpOf(scenario: Scenario): string {
  const [first = "", ...rest] = scenario.title.match(linesOf(TITLE_WIDTH)) ?? [];
  const indent = " ".repeat(NAME_WIDTH + 4);
  return [
    `  ${markOf(scenario)} ${scenario.name.padEnd(NAME_WIDTH)}${first}`,
    ...rest.map((line) => `${indent}${line}`),
  ].join("\n");
}

/** Words that fit on a line. */
function linesOf(width: number): RegExp {
  return new RegExp(`\\S.{0,${width - 2}}\\S(?= |$)`, "g");
}

function markOf(scenario: Scenario): string {
  if (NAMED_SCENARIOS.includes(scenario)) return "!";
  return QUICK_SCENARIOS.includes(scenario) ? "*" : " ";
}

/** Reads the command line. @throws UsageError */
export function readBenchOptions(args: readonly string[]): BenchOptions | "help" {
  const values = parse(args);
  if (values.help === true) return "help";
  const isQuick = values.quick === true;
  return {
    isQuick,
    outDirectory: resolve(values.out ?? ".bench"),
    scenarios:
      values.only === undefined ? (isQuick ? QUICK_SCENARIOS : SCENARIOS) : find(values.only),
  };
}

function find(names: readonly string[]): Scenario[] {
  return names.map((name) => {
    const found = ALL.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = ALL.map((one) => one.name).join(", ");
    throw new UsageError(`--only: there is no scenario "${name}"; there are ${known}`);
  });
}

interface Values {
  readonly help?: boolean;
  readonly quick?: boolean;
  readonly only?: string[];
  readonly out?: string;
}

function parse(args: readonly string[]): Values {
  const options = {
    help: { type: "boolean" },
    quick: { type: "boolean" },
    only: { type: "string", multiple: true },
    out: { type: "string" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split(". ", 1)[0] ?? ""}; see --help`, { cause: error });
  }
}
