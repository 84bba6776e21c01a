import { compressHostlist } from "../domain/hostlist.ts";
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
}

export function reportGroup(
  { group, added, changed }: GroupComparison,
  held: ReadonlySet<string>,
): ReportedGroup {
  const names = changed.map(({ name }) => name);
  const { specification, slurm } = group;
  const { shape, shapeConfig } = specification;
  return {
    shape:
      shapeConfig === undefined ? shape : `${shape}.${shapeConfig.ocpus}.${shapeConfig.memoryGib}`,
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

/** The table for a person, and below it what became, or would become, of nodes that left or came back. */
export function formatFinishReport(report: FinishReport, isPlanned: boolean): string {
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
  return [...formatTable([HEADINGS, ...rows]), ...describeNodes(report, isPlanned), ""].join("\n");
}

function describeChange({ added, changed, held, names }: ReportedGroup): string {
  const words = [
    added === names ? "new" : added === "" ? "" : `added ${added}`,
    changed === names ? "changed" : changed === "" ? "" : `changed ${changed}`,
    held && "to change",
  ].filter((word) => word !== "");
  return words.join("; ") || "-";
}

function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function describeNodes(report: FinishReport, isPlanned: boolean): readonly string[] {
  const { drained, retiring, dropped, returned, keptPartitions } = report;
  const would = isPlanned ? "would be " : "";
  const lines = [
    drained && `${would}drained, no longer in the limits: ${drained}`,
    ...retiring.map(
      ({ because, names }) => `stays until a later finish, because it ${because}: ${names}`,
    ),
    ...report.groups.map(
      ({ held }) => held && `changes with a later finish, because it is on: ${held}`,
    ),
    keptPartitions.length > 0
      ? `partitions that stay until their jobs have ended: ${keptPartitions.join(", ")}`
      : "",
    dropped && `${would}dropped: ${dropped}`,
    returned && `${would}back in service: ${returned}`,
  ];
  return lines.filter((line) => line !== "");
}
