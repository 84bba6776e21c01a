import { expandHostlist } from "../hostlist.ts";
import { parseJsonObject, type JsonObject } from "../json-object.ts";
import { printable, type LogLine } from "./log-line.ts";

/** What is no part of the text, because the columns or the command line have it. */
const APART: ReadonlySet<string> = new Set(["time", "level", "program", "pid", "event", "node"]);

/** Reads lines of the elastic log (command-log.ts) and keeps those about one node. */
export class ElasticReader {
  readonly #nodeName: string;
  /** Runs write the same lists again and again. */
  readonly #lists = new Map<string, boolean>();

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** undefined: of other nodes, or no line of ours. */
  read(line: string): LogLine | undefined {
    // Most lines are of others, and need no parsing.
    if (!line.includes(this.#nodeName) && !line.includes('"nodes":')) return undefined;
    // A line that was cut by a full disk, or by our start in the middle of the file, is none.
    const fields = parseJsonObject(line);
    if (fields === undefined) return undefined;
    const timeMs = Date.parse(textOf(fields["time"]));
    if (Number.isNaN(timeMs) || !this.#isAbout(fields)) return undefined;
    const { level } = fields;
    const rest = Object.entries(fields).filter(([key]) => !APART.has(key));
    const details = rest.map(([key, value]) => ` ${key}=${valueOf(value)}`);
    return {
      timeMs,
      isEstimate: false,
      source: "elastic",
      level: level === "warn" || level === "error" ? level : "info",
      text: printable(
        `${textOf(fields["program"])}: ${textOf(fields["event"])}${details.join("")}`,
      ),
    };
  }

  #isAbout({ node, nodes }: JsonObject): boolean {
    if (node === this.#nodeName) return true;
    return typeof nodes === "string" && this.#names(nodes);
  }

  #names(hostlist: string): boolean {
    const known = this.#lists.get(hostlist);
    if (known !== undefined) return known;
    const expanded = expandHostlist(hostlist);
    const isNamed = expanded.kind === "valid" && expanded.value.includes(this.#nodeName);
    if (this.#lists.size >= LISTS_MAX) this.#lists.clear();
    this.#lists.set(hostlist, isNamed);
    return isNamed;
  }
}

const LISTS_MAX = 1_000;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function valueOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /\s/.test(text) ? JSON.stringify(text) : text;
}
