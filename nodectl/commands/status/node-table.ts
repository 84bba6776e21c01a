import type { ClusterStatus } from "../../domain/status/cluster-status.ts";
import { standingOf } from "../../domain/status/groups.ts";
import type { NodeStatus } from "../../domain/status/node-status.ts";
import { adOf, ageOf, costOf, ocidTail, shapeOf } from "./group-table.ts";
import { notesOf } from "./node-notes.ts";
import type { StatusLayout } from "./status-report.ts";
import { fitTable, type Column } from "./table.ts";
import { wrapText } from "./text.ts";

const INDENT = "   ";

/** Each node in a line of its own, with what else there is to say below it. */
export function nodeLines(
  { nodes, nowMs }: ClusterStatus,
  { columns, paint }: StatusLayout,
): readonly string[] {
  if (nodes.length === 0) return [];
  const table = fitTable(columnsOf(nowMs), nodes, { width: columns, paint });
  const lines = nodes.flatMap((node) => [
    table.line(node).trimEnd(),
    ...notesOf([node], nowMs)
      .flatMap((note) => wrapText(note, columns - INDENT.length))
      .map((line) => paint("quiet", `${INDENT}${line}`)),
  ]);
  return [table.heading.trimEnd(), ...lines];
}

function columnsOf(nowMs: number): readonly Column<NodeStatus>[] {
  return [
    { heading: "NODE", cell: ({ name }) => name, rank: 0 },
    { heading: "SLURM", cell: ({ slurmState }) => slurmState, tone: standingOf, rank: 0 },
    { heading: "INSTANCE", cell: ({ instanceState }) => instanceState, rank: 0 },
    { heading: "AD", cell: adOf, rank: 3 },
    { heading: "AGE", cell: (node) => ageOf([node], nowMs), isNumber: true, rank: 2 },
    { heading: "$/H", cell: (node) => costOf([node]), isNumber: true, rank: 1 },
    { heading: "ADDRESS", cell: ({ address = "" }) => address, rank: 4 },
    { heading: "SHAPE", cell: shapeOf, rank: 5 },
    { heading: "OCID", cell: ocidTail, rank: 7 },
    { heading: "IN SLURM'S WORDS", cell: ({ slurmWords }) => slurmWords, rank: 8 },
  ];
}
