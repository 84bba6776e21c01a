import { groupBy } from "../../domain/group-by.ts";
import { compressHostlist } from "../../domain/hostlist.ts";
import type { ClusterStatus } from "../../domain/status/cluster-status.ts";
import { groupNodes, standingOf, type NodeStatusGroup } from "../../domain/status/groups.ts";
import { sumOrUndefined, type NodeStatus } from "../../domain/status/node-status.ts";
import { durationText, usdText } from "../../domain/status/words.ts";
import { notesOfGroup } from "./node-notes.ts";
import type { StatusLayout } from "./status-report.ts";
import { fitTable, type Column } from "./table.ts";
import { cutHostlist, cutLines, cutText, GAP, wrapText } from "./text.ts";

/** More lines than that are no overview: then places and shapes are taken together. */
const GROUPS_MAX = 20;
const NOTE_LINES_MAX = 2;
/** Room for vm-standard-e4-flex-8-64-ad1-[0001-0009]: what is longer stands in a line of its own. */
const NAMES_WIDTH = 40;
const INDENT = " ".repeat(7);

/** Like nodes in one line, with what else there is to say below it. */
export function groupLines(status: ClusterStatus, layout: StatusLayout): readonly string[] {
  const { columns, paint } = layout;
  const { groups, off } = groupNodes(status.nodes, GROUPS_MAX);
  const namesWidth = Math.max(0, ...groups.map((group) => namesOf(group).length));
  const room = { width: columns - GAP.length - Math.min(namesWidth, NAMES_WIDTH), paint };
  const table = fitTable(columnsOf(status.nowMs), groups, room);
  const lines = groups.flatMap((group) => [
    ...besideOrBelow(table.line(group), namesOf(group), { columns, width: table.width }),
    ...notesOfGroup(group.nodes, status.nowMs)
      .flatMap((note) => cutLines(wrapText(note, columns - INDENT.length), NOTE_LINES_MAX))
      .map((line) => paint("quiet", `${INDENT}${line}`)),
  ]);
  const heading = groups.length === 0 ? [] : [`${table.heading}${GAP}${paint("heading", "NAMES")}`];
  const isPaused = status.pause !== undefined;
  return [...heading, ...lines, ...offLines(off, { ...layout, isPaused })];
}

function namesOf({ nodes }: NodeStatusGroup): string {
  return compressHostlist(nodes.map(({ name }) => name));
}

function besideOrBelow(
  line: string,
  names: string,
  { columns, width }: { readonly columns: number; readonly width: number },
): readonly string[] {
  const room = columns - width - GAP.length;
  return names.length <= room
    ? [`${line}${GAP}${names}`]
    : [line.trimEnd(), `${INDENT}${cutHostlist(names, columns - INDENT.length)}`];
}

/** They cost nothing, and there may be thousands. */
function offLines(
  off: readonly NodeStatus[],
  { columns, paint, isPaused }: StatusLayout & { readonly isPaused: boolean },
): readonly string[] {
  if (off.length === 0) return [];
  const shapes = [...groupBy(off, ({ shape }) => shape)].map(
    ([shape, nodes]) => `${nodes.length} ${shape === "" ? "of unknown shape" : shape}`,
  );
  const what = isPaused ? "off, not started while launching is paused" : "off, ready for jobs";
  const text = `${String(off.length).padStart(5)}${GAP}${what}: ${shapes.join(", ")}`;
  return [paint("quiet", cutText(text, columns))];
}

function columnsOf(nowMs: number): readonly Column<NodeStatusGroup>[] {
  return [
    { heading: "NODES", cell: ({ nodes }) => `${nodes.length}`, isNumber: true, rank: 0 },
    {
      heading: "SLURM",
      cell: ({ first }) => first.slurmState,
      tone: ({ first }) => standingOf(first),
      rank: 0,
    },
    { heading: "INSTANCE", cell: ({ first }) => first.instanceState, rank: 0 },
    { heading: "AD", cell: ({ nodes }) => common(nodes, adOf), rank: 2 },
    { heading: "AGE", cell: ({ nodes }) => ageOf(nodes, nowMs), isNumber: true, rank: 3 },
    { heading: "$/H", cell: ({ nodes }) => costOf(nodes), isNumber: true, rank: 1 },
    { heading: "SHAPE", cell: ({ nodes }) => common(nodes, shapeOf), rank: 4 },
    { heading: "ADDRESS", cell: ({ nodes }) => only(nodes)?.address ?? "", rank: 5 },
    { heading: "OCID", cell: ({ nodes }) => ocidTail(only(nodes)), rank: 6 },
  ];
}

export function adOf({ availabilityDomain }: NodeStatus): string {
  return /AD-(\d+)$/.exec(availabilityDomain)?.[1] ?? availabilityDomain;
}

export function shapeOf({ shape, living }: NodeStatus): string {
  return living[0]?.capacityType === "preemptible" ? `${shape}, preemptible` : shape;
}

/** The instances' ages, from the youngest to the oldest. */
export function ageOf(nodes: readonly NodeStatus[], nowMs: number): string {
  const times = nodes.flatMap(({ living }) => living.map(({ timeCreatedMs }) => timeCreatedMs));
  if (times.length === 0) return "";
  const [youngest, oldest] = [Math.max(...times), Math.min(...times)];
  const text = durationText(nowMs - oldest);
  const least = durationText(nowMs - youngest);
  return least === text ? text : `to ${text}`;
}

export function costOf(nodes: readonly NodeStatus[]): string {
  const sum = sumOrUndefined(nodes.map(({ usdPerHour }) => usdPerHour));
  if (nodes.every(({ living }) => living.length === 0)) return "";
  return sum === undefined ? "unknown" : usdText(sum);
}

/** Of a node with one instance: the part of its OCID by which people tell them apart. */
export function ocidTail(node: NodeStatus | undefined): string {
  const [instance, ...others] = node?.living ?? [];
  return instance === undefined || others.length > 0 ? "" : `…${instance.instanceOcid.slice(-8)}`;
}

function only(nodes: readonly NodeStatus[]): NodeStatus | undefined {
  return nodes.length === 1 ? nodes[0] : undefined;
}

function common(nodes: readonly NodeStatus[], textOf: (node: NodeStatus) => string): string {
  const texts = new Set(nodes.map(textOf));
  return texts.size === 1 ? ([...texts][0] ?? "") : "several";
}
