import type { ClusterStatus } from "../../domain/status/cluster-status.ts";
import { groupLines } from "./group-table.ts";
import { nodeLines } from "./node-table.ts";
import { summaryLines } from "./summary.ts";
import { cutText, type Paint } from "./text.ts";
import { coolDownLines, warningLines } from "./warning-lines.ts";

export interface StatusLayout {
  /** Characters a line. */
  readonly columns: number;
  /** Lines of the terminal; absent: as many as it takes. */
  readonly rows?: number;
  readonly paint: Paint;
  /** Tells of each node by itself. */
  readonly isEachNode: boolean;
}

/** However small the terminal, so many lines tell of nodes. */
const NODE_LINES_MIN = 4;

/** What an admin wants to know, the most urgent first: what runs and costs, what is wrong, the nodes, and what to do. */
export function formatStatus(status: ClusterStatus, layout: StatusLayout): readonly string[] {
  const top = summaryLines(status, layout);
  const bottom = [...warningLines(status, layout), ...coolDownLines(status, layout)];
  const nodes = layout.isEachNode ? nodeLines(status, layout) : groupLines(status, layout);
  const lines = [...top, ...cutNodes(nodes, layout, top.length + bottom.length), ...bottom];
  return lines.slice(0, layout.rows);
}

/** What does not fit is what comes last: nodes that are well. */
function cutNodes(
  lines: readonly string[],
  { rows, columns, paint }: StatusLayout,
  otherLines: number,
): readonly string[] {
  if (rows === undefined || lines.length + otherLines <= rows) return lines;
  const room = Math.max(NODE_LINES_MIN, rows - otherLines) - 1;
  if (lines.length <= room) return lines;
  const more = `… and ${lines.length - room} more lines: all of them without --watch`;
  return [...lines.slice(0, room), paint("quiet", cutText(more, columns))];
}
