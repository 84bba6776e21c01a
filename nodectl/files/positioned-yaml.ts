import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Document, Node, Pair, ParsedNode, Scalar, YAMLError } from "yaml";
import type { Positioned, PositionedEntry, PositionedMap } from "../domain/positioned.ts";
import { ProblemCollector } from "../domain/problem-collector.ts";
import { joinKeys, shortened } from "../domain/problem.ts";
import type { Checked } from "../domain/result.ts";
import { checkYamlText } from "./yaml-text.ts";

/** Deeper than any of our files; the yaml package itself recurses, which the bounds on the text keep harmless. */
const DEPTH_MAX = 10;

/**
 * Reads a file that holds one YAML document with a map on top, and keeps the line of each key and value.
 * Narrower than YAML on purpose: no anchors and aliases (a few lines of them can stand for gigabytes), no tags,
 * no merge keys, no duplicate keys, no tabs for indentation. All that is wrong is reported at once.
 */
export function parsePositionedYaml(text: string, file: string): Checked<PositionedMap> {
  const problems = new ProblemCollector(file);
  checkYamlText(text, problems);
  if (problems.hasProblems) return problems.result<never>(null);
  const lines = new LineCounter();
  const document = onlyDocument(text, lines, problems);
  const lineOf = (node: Node | null | undefined) => lines.linePos(node?.range?.[0] ?? 0).line;
  const root =
    document === null ? null : new Converter(problems, lineOf).convert(document.contents, []);
  if (root === null || root.kind === "map") return problems.result(root);
  const message = "the file is not a map of keys and values";
  problems.add({ line: root.line, message, fix: "write lines of the form `key: value`" });
  return problems.result<never>(null);
}

function onlyDocument(
  text: string,
  lineCounter: LineCounter,
  problems: ProblemCollector,
): Document.Parsed | null {
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  }) as Document.Parsed[];
  const [document, second] = documents;
  for (const error of documents.flatMap(({ errors }) => errors)) {
    reportSyntax(error, lineCounter, problems);
  }
  if (second !== undefined) {
    const { line } = lineCounter.linePos(second.range[0]);
    const message = "a second YAML document begins here";
    problems.add({
      line,
      message,
      fix: "keep one document, and remove the line `---` between them",
    });
  }
  if (document === undefined || (second === undefined && isEmpty(document))) {
    return problems.add({
      message: "the file is empty",
      fix: "write lines of the form `key: value`",
    });
  }
  if (document.directives.yaml.explicit === true) {
    problems.add({
      line: 1,
      message: "directives are not used here",
      fix: "remove the line `%YAML`",
    });
  }
  return problems.hasProblems ? null : document;
}

function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.source === "");
}

/** One line a place: the package may say the same thing several times over. */
function reportSyntax(error: YAMLError, lines: LineCounter, problems: ProblemCollector): void {
  const { line, col } = lines.linePos(error.pos[0]);
  const fix =
    "correct the line: `key: value`, lists in [ ], maps in { } or indented with spaces, quotes in pairs";
  const message = `this is not YAML at column ${col} (${shortened(error.message)})`;
  problems.add({ line, message, fix });
}

/** Turns the package's nodes into ours, and reports what our files may not contain. */
class Converter {
  readonly #problems: ProblemCollector;
  readonly #lineOf: (node: Node | null | undefined) => number;

  constructor(problems: ProblemCollector, lineOf: (node: Node | null | undefined) => number) {
    this.#problems = problems;
    this.#lineOf = lineOf;
  }

  convert(node: ParsedNode | null, path: readonly string[]): Positioned | null {
    const line = this.#lineOf(node);
    const refuse = (message: string, fix: string) =>
      this.#problems.add({ line, key: joinKeys(path), message, fix });
    if (path.length > DEPTH_MAX) return refuse("this is nested too deeply", "write it flatter");
    if (node === null) return { kind: "scalar", line, value: null, source: "", isQuoted: false };
    if (isAlias(node)) return refuse("aliases (`*name`) are not used here", "write the value out");
    if (node.anchor !== undefined) {
      return refuse("anchors (`&name`) are not used here", `remove \`&${shortened(node.anchor)}\``);
    }
    if (node.tag !== undefined) {
      return refuse("tags (`!name`) are not used here", `remove \`${shortened(node.tag)}\``);
    }
    if (isScalar(node)) return this.#convertScalar(node, line, refuse);
    if (isMap(node)) return { kind: "map", line, entries: this.#convertEntries(node.items, path) };
    if (!isSeq(node)) return refuse("this kind of value is not used here", "write a plain value");
    const items = node.items.map((item, index) =>
      this.convert(item as ParsedNode | null, [...path, `${index + 1}`]),
    );
    return { kind: "list", line, items: items.filter((item) => item !== null) };
  }

  #convertScalar(
    scalar: Scalar.Parsed,
    line: number,
    refuse: (message: string, fix: string) => null,
  ): Positioned | null {
    const { value, source } = scalar;
    const isQuoted = scalar.type !== "PLAIN";
    if (value === null) return { kind: "scalar", line, value, source: "", isQuoted };
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return { kind: "scalar", line, value, source, isQuoted };
    }
    return refuse("this kind of value is not used here", "write text, a number, true or false");
  }

  #convertEntries(
    pairs: readonly Pair<ParsedNode, ParsedNode | null>[],
    path: readonly string[],
  ): readonly PositionedEntry[] {
    const firstLines = new Map<string, number>();
    const entries = pairs.map((pair) => this.#convertEntry(pair, path, firstLines));
    return entries.filter((entry) => entry !== null);
  }

  #convertEntry(
    pair: Pair<ParsedNode, ParsedNode | null>,
    path: readonly string[],
    firstLines: Map<string, number>,
  ): PositionedEntry | null {
    const keyNode = pair.key;
    const line = this.#lineOf(keyNode);
    const key = isScalar(keyNode) ? keyNode.source : "";
    const refuse = (message: string, fix: string) =>
      this.#problems.add({ line, key: joinKeys([...path, key]), message, fix });
    if (key === "") return refuse("this is not a key", "write a word before the colon");
    if (keyNode.anchor !== undefined || keyNode.tag !== undefined) {
      return refuse("anchors and tags are not used here", "write the key alone");
    }
    if (key === "<<") return refuse("merge keys (`<<`) are not used here", "write the keys out");
    const firstLine = firstLines.get(key);
    if (firstLine !== undefined) {
      return refuse(`this key stands already in line ${firstLine}`, "keep one of the two");
    }
    firstLines.set(key, line);
    const value = this.convert(pair.value, [...path, key]);
    return value === null ? null : { key, line, value };
  }
}
