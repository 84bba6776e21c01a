import { startnodeText, wordsOfReason } from "../failed-node.ts";
import { expandHostlist } from "../hostlist.ts";
import { parseJsonObject } from "../json-object.ts";
import { shortDomain } from "../placement.ts";
import type { LogEntry } from "./facts.ts";
import { timeWords } from "./time-words.ts";
import { withoutStop } from "./words.ts";

/** Reads the log's lines, and leaves out what is none of ours, such as one that was cut at its beginning. */
export function parseLog(lines: readonly string[]): readonly LogEntry[] {
  // Runs write the same lists again and again, of a thousand nodes as well.
  const expandedLists: ExpandedLists = new Map();
  return lines.flatMap((line) => parseLogEntry(line, expandedLists) ?? []);
}

function parseLogEntry(line: string, expandedLists: ExpandedLists): LogEntry | undefined {
  const value = parseJsonObject(line);
  if (value === undefined) return undefined;
  const { time, program, event, ...rest } = value;
  const timeMs = typeof time === "string" ? Date.parse(time) : NaN;
  if (Number.isNaN(timeMs) || typeof event !== "string") return undefined;
  const fields = Object.fromEntries(
    Object.entries(rest).filter(
      (entry): entry is [string, string | number] =>
        typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );
  return {
    timeMs,
    program: String(program),
    event,
    nodeNames: namesOf(fields, expandedLists),
    jobIds: String(fields["jobs"] ?? "")
      .split(",")
      .flatMap((id) => (/^\d+$/.test(id) ? [Number(id)] : [])),
    fields,
  };
}

/** The names of hostlists that were expanded before. */
type ExpandedLists = Map<string, readonly string[]>;

function namesOf(
  { node, nodes }: LogEntry["fields"],
  expandedLists: ExpandedLists,
): readonly string[] {
  if (typeof node === "string") return [node];
  if (typeof nodes !== "string") return [];
  const known = expandedLists.get(nodes);
  if (known !== undefined) return known;
  const expanded = expandHostlist(nodes);
  const names = expanded.kind === "valid" ? expanded.value : [];
  expandedLists.set(nodes, names);
  return names;
}

/** The lines about a node, oldest first. */
export function linesAbout(log: readonly LogEntry[], nodeName: string): readonly LogEntry[] {
  return log.filter(({ nodeNames }) => nodeNames.includes(nodeName));
}

/** What every update of Slurm leaves beside the line that says why. */
const ECHOES = new Set(["node state set"]);

/** What says once more why a node failed, as Slurm is told it. */
const RESTATEMENTS = new Set(["set nodes down", "keeping nodes down"]);

/** Without what is said twice, or again and again. */
export function turningPoints(lines: readonly LogEntry[]): readonly LogEntry[] {
  let failure = "";
  const told = lines.filter(({ event, fields }) => {
    const words = plainReason(fields["reason"]);
    if (RESTATEMENTS.has(event)) return words === "" || words !== failure;
    if (event === "could not start node") failure = words;
    return !ECHOES.has(event);
  });
  return told.filter((line, index) => {
    const before = told[index - 1];
    return before?.event !== line.event || before.fields["reason"] !== line.fields["reason"];
  });
}

/** As Slurm has it, which is cut and without quotes, but for what stands around it there. */
function plainReason(reason: string | number | undefined): string {
  return reason === undefined ? "" : startnodeText(wordsOfReason(String(reason)));
}

/** OCI's last refusal of a launch of one of these nodes. */
export function lastRefusal(
  log: readonly LogEntry[],
  nodeNames: ReadonlySet<string>,
): LogEntry | undefined {
  return log.findLast(
    (entry) =>
      entry.event === "launch refused" && entry.nodeNames.some((name) => nodeNames.has(name)),
  );
}

/** `VM.Standard.E4.Flex.1.8 in PHX-AD-1, 17:01:31 (2 min ago): 500 InternalError: Out of host capacity (opc-request-id …)`. */
export function refusalLine({ fields, timeMs }: LogEntry, nowMs: number): string {
  const { shape = "", availabilityDomain = "", status, code, reason = "" } = fields;
  const { opcRequestId } = fields;
  const place = `${shape} in ${shortDomain(String(availabilityDomain))}`;
  const said = [status, code].filter((it) => it !== undefined).join(" ");
  const words = `${said === "" ? "" : `${said}: `}${withoutStop(String(reason))}`;
  const id = opcRequestId === undefined ? "" : `, opc-request-id ${opcRequestId}`;
  return `OCI's last answer, ${timeWords(timeMs, nowMs)}, for ${place}: "${words}"${id}.`;
}

/** The same when place and words were said already: its id, which Oracle's support asks for. */
export function refusalId({ fields, timeMs }: LogEntry, nowMs: number): string {
  const { opcRequestId } = fields;
  const id =
    opcRequestId === undefined
      ? ""
      : `; Oracle's support finds it by opc-request-id ${opcRequestId}`;
  return `OCI's last such answer came at ${timeWords(timeMs, nowMs)}${id}.`;
}

/** The log itself has the rest. */
const LINE_LENGTH_MAX = 300;

/** One line of the log for people. */
export function logWords({ timeMs, program, event, fields }: LogEntry, nowMs: number): string {
  const { reason, action, ipAddress, code, status } = fields;
  const details = [action, ipAddress, status, code, reason].filter((it) => it !== undefined);
  const words = details.length === 0 ? "" : `: ${details.join(" ")}`;
  const line = `${timeWords(timeMs, nowMs)} ${program}: ${event}${words}`;
  return line.length <= LINE_LENGTH_MAX ? line : `${line.slice(0, LINE_LENGTH_MAX - 1)}…`;
}
