import { compressHostlist } from "../domain/hostlist.ts";
import { shapeLabel } from "../domain/placement.ts";
import type { GroupComparison } from "./compare-groups.ts";
import type { RetiringNode } from "./retire-nodes.ts";

/** One line of the table: the nodes of one shape in one availability domain, or in any. */
export interface ReportedGroup {
  /** As in limits.yaml, sizes included. */
  readonly shape: string;
  readonly availabilityDomain: number | "any";
  readonly count: number;
  readonly cpus: string;
  readonly memoryMib: string;
  /** A hostlist expression, as everywhere in the report. */
  readonly names: string;
  readonly partitions: readonly string[];
  readonly added: string;
  readonly changed: string;
  /** Changed in the limits; their lines follow when a later run of finish finds them off. */
  readonly held: string;
}

/** What a run of finish configured, or would; `--json` prints it as it is. */
export interface FinishReport {
  readonly generation: string;
  readonly slurmVersion: string;
  readonly groups: readonly ReportedGroup[];
  /** Drained by this run. */
  readonly drained: string;
  /** No longer in the limits, and why their lines stay. */
  readonly retiring: readonly { readonly because: string; readonly names: string }[];
  /** Their lines went. */
  readonly dropped: string;
  /** Drained by an earlier run, in the limits again, and back in service. */
  readonly returned: string;
  /** No longer in the limits, but jobs or nodes are still in them. */
  readonly keptPartitions: readonly string[];
  /** Sentences about what may go wrong though everything was done. */
  readonly warnings: readonly string[];
}

export function reportGroup(
  { group, added, changed }: GroupComparison,
  held: ReadonlySet<string>,
): ReportedGroup {
  const names = changed.map(({ name }) => name);
  const { specification, slurm } = group;
  return {
    shape: shapeLabel(specification),
    availabilityDomain: group.availabilityDomain,
    count: group.count,
    cpus: slurm.options["CPUs"] ?? "",
    memoryMib: slurm.options["RealMemory"] ?? "",
    names: group.names,
    partitions: slurm.partitions,
    added: compressHostlist(added),
    changed: compressHostlist(names.filter((name) => !held.has(name))),
    held: compressHostlist(names.filter((name) => held.has(name))),
  };
}

export function reportRetiring(retiring: readonly RetiringNode[]): FinishReport["retiring"] {
  const reasons = [...new Set(retiring.map(({ because }) => because))];
  return reasons.map((because) => ({
    because,
    names: compressHostlist(
      retiring.filter((node) => node.because === because).map(({ name }) => name),
    ),
  }));
}

const HEADINGS = ["SHAPE", "AD", "NODES", "CPUS", "MIB", "PARTITION", "CHANGE", "NAMES"];

export interface ReportLayout {
  /** Says what would be, not what is. */
  readonly isPlanned: boolean;
  /** Characters a line. What is longer than that in one piece, such as a hostlist, stands alone and uncut. */
  readonly columns: number;
}

/** The table for a person, and below it what became, or would become, of nodes that left or came back. */
export function formatFinishReport(report: FinishReport, layout: ReportLayout): string {
  const rows = report.groups.map((group) => [
    group.shape,
    `${group.availabilityDomain}`,
    `${group.count}`,
    group.cpus,
    group.memoryMib,
    group.partitions.join(","),
    describeChange(group),
    group.names,
  ]);
  return [...formatTable(rows, layout.columns), ...describeNodes(report, layout), ""].join("\n");
}

function describeChange({ added, changed, held, names }: ReportedGroup): string {
  const words = [
    added === names ? "new" : added === "" ? "" : `added ${added}`,
    changed === names ? "changed" : changed === "" ? "" : `changed ${changed}`,
    held && "to change",
  ].filter((word) => word !== "");
  return words.join("; ") || "-";
}

const GAP = "  ";

/** One line a row; cells of columns that are too many for a line stand below their row, each on a line of its own. */
function formatTable(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const count = countFitting(widths, columns);
  const lineOf = (cells: readonly string[]): string =>
    cells
      .slice(0, count)
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  const below = HEADINGS.slice(count);
  const labelWidth = Math.max(...below.map((heading) => heading.length));
  return [
    lineOf(HEADINGS),
    ...rows.flatMap((row) => [
      lineOf(row),
      ...below.map((heading, index) =>
        [GAP, heading.padEnd(labelWidth), GAP, row[count + index] ?? ""].join("").trimEnd(),
      ),
    ]),
  ];
}

/** How many columns, from the left, fit on one line; the first always does. */
function countFitting(widths: readonly number[], columns: number): number {
  const fits = (count: number): boolean =>
    widths.slice(0, count).reduce((sum, width) => sum + width + GAP.length, -GAP.length) <= columns;
  const counts = widths.map((_, index) => index + 1);
  return counts.findLast(fits) ?? 1;
}

function describeNodes(
  report: FinishReport,
  { isPlanned, columns }: ReportLayout,
): readonly string[] {
  const { drained, retiring, dropped, returned, keptPartitions, warnings } = report;
  const would = isPlanned ? "would be " : "";
  const facts: readonly (readonly [what: string, which: string])[] = [
    [`${would}drained, no longer in the limits`, drained],
    ...retiring.map(
      ({ because, names }) => [`stays until a later finish, because it ${because}`, names] as const,
    ),
    ...report.groups.map(
      ({ held }) => ["changes with a later finish, because it is on", held] as const,
    ),
    ["partitions that stay until their jobs have ended", keptPartitions.join(", ")],
    [`${would}dropped`, dropped],
    [`${would}back in service`, returned],
    ...warnings.map((warning) => ["warning", warning] as const),
  ];
  return facts
    .filter(([, which]) => which !== "")
    .map(([what, which]) => {
      const line = `${what}: ${which}`;
      return line.length <= columns ? line : `${what}:\n${GAP}${which}`;
    });
}
