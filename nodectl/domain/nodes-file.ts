import { expandHostlist } from "./hostlist.ts";
import { expandedNames } from "./group-names.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import type { LaunchSpecification, NodeGroup, NodesFile } from "./launch-specification.ts";
import { printableValue } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { Checked } from "./result.ts";

/** Stable: the same content gives the same bytes. One group a line would be shorter, and unreadable. */
export function formatNodesFile(file: NodesFile): string {
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

/** Reads nodes.json; all that is wrong with it at once. finish writes it, so the cure is nearly always finish. */
export function parseNodesFile(text: string, fileName: string): Checked<NodesFile> {
  const reader = new NodesFileReader(fileName);
  const value = reader.parseJson(text);
  if (value === undefined) return { kind: "invalid", problems: reader.problems };
  reader.checkFile(value);
  if (reader.problems.length > 0) return { kind: "invalid", problems: reader.problems };
  return { kind: "valid", value: value as unknown as NodesFile };
}

/** Which node is launched as what, for thousands of names: made once, then each look-up is one step. */
export function indexNodes(file: NodesFile): ReadonlyMap<string, LaunchSpecification> {
  const index = new Map<string, LaunchSpecification>();
  for (const { names, specification } of file.groups) {
    for (const name of expandedNames({ names })) index.set(name, specification);
  }
  return index;
}

const FIX = "run finish, which writes it anew";
const PROBLEMS_MAX = 20;

class NodesFileReader {
  readonly #found: Problem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  get problems(): readonly Problem[] {
    return this.#found.slice(0, PROBLEMS_MAX);
  }

  parseJson(text: string): JsonObject | undefined {
    try {
      const value: unknown = JSON.parse(text);
      if (isJsonObject(value)) return value;
      this.#report("", value, "this is not an object");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#report("", undefined, `this is not JSON (${error.message})`);
    }
    return undefined;
  }

  checkFile(file: JsonObject): void {
    this.#expect(file["version"] === 1, "version", file["version"], "only version 1 is known");
    this.#checkText(file["generation"], "generation");
    this.#checkText(file["clusterId"], "clusterId");
    const { timers } = file as Partial<Record<keyof NodesFile, unknown>>;
    if (timers !== undefined && this.#isObject(timers, "timers")) {
      this.#checkNumber(timers["resumeTimeoutSeconds"], "timers.resumeTimeoutSeconds");
      this.#checkNumber(timers["suspendTimeoutSeconds"], "timers.suspendTimeoutSeconds");
    }
    const groups = this.#checkList(file["groups"], "groups");
    const owners = new Map<string, string>();
    groups.forEach((group, index) => {
      this.#checkGroup(group, `groups.${index + 1}`, owners);
    });
    const partitions =
      file["partitions"] === undefined ? [] : this.#checkList(file["partitions"], "partitions");
    partitions.forEach((partition, index) => {
      this.#checkPartition(partition, `partitions.${index + 1}`);
    });
  }

  #checkGroup(group: unknown, key: string, owners: Map<string, string>): void {
    if (!this.#isObject(group, key)) return;
    this.#checkNames(group["names"], `${key}.names`, owners);
    const { specification, slurm } = group as Partial<Record<keyof NodeGroup, unknown>>;
    if (this.#isObject(specification, `${key}.specification`)) {
      this.#checkSpecification(specification, `${key}.specification`);
    }
    if (slurm === undefined || !this.#isObject(slurm, `${key}.slurm`)) return;
    this.#checkOptions(slurm["options"], `${key}.slurm.options`);
    this.#checkTexts(slurm["partitions"], `${key}.slurm.partitions`);
  }

  #checkNames(names: unknown, key: string, owners: Map<string, string>): void {
    if (!this.#checkText(names, key)) return;
    const expanded = expandHostlist(names);
    if (expanded.kind === "invalid") {
      this.#report(key, names, `this is no hostlist (${expanded.message})`);
      return;
    }
    const twice = expanded.value.find((name) => owners.has(name));
    if (twice !== undefined)
      this.#report(key, names, `${twice} stands in ${owners.get(twice) ?? ""} too`);
    for (const name of expanded.value) owners.set(name, key);
  }

  #checkSpecification(specification: JsonObject, key: string): void {
    this.#checkOffer(specification, key);
    const { imageOcid, bootVolumeGib, alternatives, preemptible } = specification;
    if (imageOcid !== undefined) this.#checkText(imageOcid, `${key}.imageOcid`);
    if (bootVolumeGib !== undefined) this.#checkNumber(bootVolumeGib, `${key}.bootVolumeGib`);
    const isKnown = preemptible === undefined || preemptible === "only" || preemptible === "first";
    this.#expect(isKnown, `${key}.preemptible`, preemptible, "only or first is needed here");
    if (alternatives === undefined) return;
    this.#checkList(alternatives, `${key}.alternatives`).forEach((offer, index) => {
      const path = `${key}.alternatives.${index + 1}`;
      if (this.#isObject(offer, path)) this.#checkOffer(offer, path);
    });
  }

  /** A shape and where it may be launched. */
  #checkOffer(specification: JsonObject, key: string): void {
    this.#checkText(specification["shape"], `${key}.shape`);
    const domains = this.#checkTexts(
      specification["availabilityDomains"],
      `${key}.availabilityDomains`,
    );
    this.#expect(domains > 0, `${key}.availabilityDomains`, [], "at least one is needed");
    const { shapeConfig } = specification;
    if (shapeConfig === undefined || !this.#isObject(shapeConfig, `${key}.shapeConfig`)) return;
    this.#checkNumber(shapeConfig["ocpus"], `${key}.shapeConfig.ocpus`);
    this.#checkNumber(shapeConfig["memoryGib"], `${key}.shapeConfig.memoryGib`);
  }

  #checkPartition(partition: unknown, key: string): void {
    if (!this.#isObject(partition, key)) return;
    this.#checkText(partition["name"], `${key}.name`);
    this.#checkOptions(partition["options"], `${key}.options`);
  }

  #checkOptions(options: unknown, key: string): void {
    if (!this.#isObject(options, key)) return;
    for (const [name, value] of Object.entries(options)) this.#checkText(value, `${key}.${name}`);
  }

  /** How many texts the list has. */
  #checkTexts(value: unknown, key: string): number {
    const items = this.#checkList(value, key);
    items.forEach((item, index) => this.#checkText(item, `${key}.${index + 1}`));
    return items.length;
  }

  #checkList(value: unknown, key: string): readonly unknown[] {
    if (Array.isArray(value)) return value as readonly unknown[];
    this.#report(key, value, "a list is needed here");
    return [];
  }

  #checkText(value: unknown, key: string): value is string {
    const isText = typeof value === "string" && value !== "" && !/\p{Cc}/u.test(value);
    return this.#expect(isText, key, value, "one line of text is needed here");
  }

  #checkNumber(value: unknown, key: string): void {
    const isNumber = typeof value === "number" && value > 0;
    this.#expect(isNumber, key, value, "a number above 0 is needed here");
  }

  #isObject(value: unknown, key: string): value is JsonObject {
    return this.#expect(isJsonObject(value), key, value, "an object is needed here");
  }

  #expect(isRight: boolean, key: string, value: unknown, message: string): boolean {
    if (!isRight) this.#report(key, value, message);
    return isRight;
  }

  #report(key: string, value: unknown, message: string): void {
    this.#found.push({
      file: this.#file,
      ...(key !== "" && { key, value: printableValue(value) }),
      message,
      fix: FIX,
    });
  }
}
