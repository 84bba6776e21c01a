import { compressHostlist } from "../../domain/hostlist.ts";
import type { ClusterStatus, Warning } from "../../domain/status/cluster-status.ts";
import type { CoolDown } from "../../domain/status/cool-downs.ts";
import { durationText, ocidTail } from "../../domain/status/words.ts";
import type { StatusLayout } from "./status-report.ts";
import { cutHostlist, cutText, wrapText } from "./text.ts";

/** More than that nobody reads at once. */
const WARNINGS_MAX = 10;
const COOL_DOWNS_MAX = 6;
const INDENT = "   ";
/** Three lines that only Oracle's support reads; --json has it. */
const REQUEST_ID = / \[opc-request-id [^\]]*\]/;

/** What is wrong, where, and what to do. */
export function warningLines(
  { warnings }: ClusterStatus,
  { columns, paint }: StatusLayout,
): readonly string[] {
  if (warnings.length === 0) return [];
  const shown = warnings.slice(0, WARNINGS_MAX);
  const more = warnings.length - shown.length;
  return [
    "",
    paint("heading", "WARNINGS"),
    ...shown.flatMap((warning) => linesOf(warning, columns, paint)),
    ...(more > 0 ? [`   and ${more} more: citc status --json`] : []),
  ];
}

function linesOf(
  { what, advice, nodes }: Warning,
  columns: number,
  paint: StatusLayout["paint"],
): readonly string[] {
  const width = columns - INDENT.length;
  const [first = "", ...rest] = wrapText(what.replace(REQUEST_ID, ""), width);
  return [
    paint("wrong", ` ! ${first}`),
    ...rest.map((line) => paint("wrong", `${INDENT}${line}`)),
    ...namesLine(nodes, advice, width),
    ...wrapText(`do: ${advice}`, width).map((line) => `${INDENT}${line}`),
  ];
}

/** Not when what to do names them. */
function namesLine(nodes: readonly string[], advice: string, width: number): readonly string[] {
  const names = compressHostlist(nodes);
  return names === "" || advice.includes(names) ? [] : [`${INDENT}${cutHostlist(names, width)}`];
}

/** What is left alone for a while: where OCI had no machine, what does not boot. Service limits are among the warnings. */
export function coolDownLines(
  { coolDowns: all, nowMs }: ClusterStatus,
  { columns, paint }: StatusLayout,
): readonly string[] {
  const coolDowns = all.filter(({ kind }) => kind !== "limit");
  if (coolDowns.length === 0) return [];
  const shown = coolDowns.slice(0, COOL_DOWNS_MAX);
  const more = coolDowns.length - shown.length;
  return [
    "",
    paint("heading", "COOL-DOWNS"),
    ...shown.map((coolDown) => {
      const { untilMs, message } = coolDown;
      const text = `${subjectOf(coolDown)}, for ${durationText(untilMs - nowMs)}: ${message}`;
      return cutText(`${INDENT}${text}`, columns);
    }),
    ...(more > 0 ? [`${INDENT}and ${more} more: citc status --json`] : []),
  ];
}

function subjectOf(coolDown: CoolDown): string {
  const { shape } = coolDown;
  if (coolDown.kind === "boot") return `${shape} with image ${ocidTail(coolDown.imageOcid)}`;
  const { availabilityDomain, capacityType } = coolDown;
  return `${capacityType === "preemptible" ? "preemptible " : ""}${shape} in ${availabilityDomain}`;
}
