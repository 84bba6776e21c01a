import type { Row, ScenarioResult } from "../result.ts";
import { verdictOf } from "../result.ts";
import { API_SETTINGS } from "../world/world.ts";
import type { Machine } from "./machine.ts";
import { plotCurves } from "./svg.ts";
import { markdownTable, tally } from "./table.ts";

/** One scenario's end. */
export type Outcome = {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  /** The computer's load when it had ended, average of a minute. */
  readonly load: number;
} & (
  | { readonly kind: "measured"; readonly result: ScenarioResult }
  | { readonly kind: "failed"; readonly message: string }
);

export interface Run {
  readonly startedAt: string;
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly nodeVersion: string;
  readonly outcomes: readonly Outcome[];
}

export function rowsOf(outcomes: readonly Outcome[]): Row[] {
  return outcomes.flatMap((one) => (one.kind === "measured" ? one.result.rows : []));
}

/** What went wrong, for people; empty when everything ran and no node was lost. */
export function problemsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((one) => {
    if (one.kind === "failed") return [`${one.name} could not run: ${one.message}`];
    const { lost } = one.result;
    return lost.length === 0 ? [] : [`${one.name} lost nodes: ${lost.slice(0, 10).join(", ")}`];
  });
}

/** The same rows thrice: a table to read, everything to compute with, a picture. */
export function files(run: Run): Readonly<Record<"bench.md" | "bench.json" | "bench.svg", string>> {
  const curves = run.outcomes.flatMap((one) =>
    one.kind === "measured" ? (one.result.curves ?? []) : [],
  );
  return {
    "bench.md": markdown(run),
    "bench.json": `${JSON.stringify(jsonOf(run), null, 1)}\n`,
    "bench.svg": plotCurves(curves),
  };
}

function markdown({ startedAt, isQuick, machine, nodeVersion, outcomes }: Run): string {
  const rows = rowsOf(outcomes);
  const { met, missed } = tally(rows);
  const { processors, model, loadBefore } = machine;
  const quick = isQuick ? " A quick run: fewer nodes, so that the targets are indications." : "";
  return [
    `Measured ${startedAt} on ${processors} x ${model}, load ${loadBefore.toFixed(1)} before, Node ${nodeVersion}.${quick}`,
    `${met} targets met, ${missed} missed.`,
    ...problemsOf(outcomes),
    "",
    markdownTable(rows),
  ].join("\n");
}

function jsonOf(run: Run): unknown {
  return {
    ...run,
    method: { api: API_SETTINGS, readme: "test/bench/README.md" },
    outcomes: run.outcomes.map((one) =>
      one.kind === "failed"
        ? one
        : {
            ...one,
            result: {
              ...one.result,
              curves: undefined,
              rows: one.result.rows.map((row) => ({ ...row, verdict: verdictOf(row) })),
            },
          },
    ),
  };
}
