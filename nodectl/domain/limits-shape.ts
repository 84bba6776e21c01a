import {
  readChoice,
  readEach,
  readItems,
  readMap,
  readText,
  readWholeNumber,
  reportUnknownKeys,
} from "./fields.ts";
import { fieldOf, locatedAt } from "./fields.ts";
import type { TextRule } from "./fields.ts";
import { GRES_FIX, parseGres } from "./gres.ts";
import type { LaunchSpecification, SlurmOptions } from "./launch-specification.ts";
import { NODES_PER_GROUP_MAX } from "./node-name.ts";
import type { PositionedMap } from "./positioned.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";
import type { ShapeSize } from "./shape.ts";
import {
  isSameKey,
  NODE_OPTIONS,
  OMIT,
  PARTITION_NAME,
  readSlurmOptions,
} from "./slurm-options.ts";

/** One shape of limits.yaml. What was wrong, and reported, is null. */
export interface ShapeLimits {
  /** Where it stands, for what only the region's shapes can tell. */
  readonly located: Located;
  /** OCI's name, without the sizes that the key may carry. */
  readonly shape: string;
  readonly size: ShapeSize | null | undefined;
  readonly counts: readonly NodeCount[];
  /** Empty: the partition `compute`. */
  readonly partitions: readonly string[];
  readonly features: readonly string[];
  readonly bootVolumeGib: number | undefined;
  readonly imageOcid: string | undefined;
  /** Shapes to take when this one is not to be had, the best first. */
  readonly alternatives: readonly NamedShape[];
  readonly preemptible: LaunchSpecification["preemptible"];
  readonly slurmOptions: SlurmOptions;
}

/** A shape that limits.yaml names; what was wrong with its name or sizes, and reported, is empty or null. */
export type NamedShape = Pick<ShapeLimits, "located" | "shape" | "size">;

export interface NodeCount {
  readonly located: Located;
  /** Absent: any. */
  readonly availabilityDomain?: number;
  readonly count: number;
}

const LONG_FORM_KEYS = [
  "count",
  "ocpus",
  "memory",
  "partition",
  "features",
  "boot_volume",
  "image",
  "alternatives",
  "preemptible",
  "slurm_options",
];

const COUNT_RANGE = { min: 0, max: NODES_PER_GROUP_MAX };
/** OCI checks against the shape; these keep a number readable. */
const SIZE_RANGE = { min: 1, max: 99_999 };
/** GB; LaunchInstance's bounds. */
const BOOT_VOLUME_RANGE = { min: 50, max: 32_768 };
const WORDS_MAX = 32;
const ALTERNATIVES_MAX = 8;

const FEATURE: TextRule = {
  // Without the operators of --constraint: & | , * [ ] ( ) and blanks.
  pattern: /^(?!(?:shape|ad|arch)=)[A-Za-z0-9_.:=@+/-]+$/,
  lengthMax: 100,
  fix: "write a word of letters, digits and _ . : = @ + / - that does not begin with shape=, ad= or arch= (finish writes those)",
};

const IMAGE: TextRule = {
  pattern: /^ocid1\.image\.[\w-]+(\.[\w-]*)+\.[\w-]+$/,
  lengthMax: 255,
  fix: "write an OCID that begins with ocid1.image",
};

const NAME: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  lengthMax: 100,
  fix: "write one of OCI's shapes, such as VM.Standard.E4.Flex.8.64",
};

/** Reads any of the three forms: `shape: count`, `shape: {AD: count}`, `shape: {count: …, …}`. */
export function readShapeLimits(
  key: string,
  located: Located,
  problems: ProblemCollector,
): ShapeLimits {
  const named = readShapeKey(key, located, problems);
  const { at } = located;
  const isLong = at.kind === "map" && !(at.entries.length > 0 && at.entries.every(isAdCount));
  if (!isLong) {
    return { ...NOTHING_MORE, ...named, located, counts: readCounts(located, problems) };
  }
  return { ...named, located, ...readLongForm({ ...located, at }, named.size, problems) };
}

/** Numbers, and what people write for one: `AD-1`, `ad1`, `1-AD`, `Uocm:PHX-AD-1`. */
function isAdCount({ key }: { readonly key: string }): boolean {
  return /^[+-]?[\d.]+$/.test(key) || /^(\S*[:-])?ad[-_ ]?\d+$|^\d+[-_ ]?ad$/i.test(key);
}

const NOTHING_MORE = {
  partitions: [],
  features: [],
  bootVolumeGib: undefined,
  imageOcid: undefined,
  alternatives: [],
  preemptible: undefined,
  slurmOptions: {},
} as const satisfies Partial<ShapeLimits>;

/** CitC's suffix: `VM.Standard.E4.Flex.<OCPUs>.<GB>`. */
function readShapeKey(
  key: string,
  located: Located,
  problems: ProblemCollector,
): Pick<ShapeLimits, "shape" | "size"> {
  if (!NAME.pattern.test(key) || key.length > NAME.lengthMax) {
    problems.report(located, "this is not the name of a shape", NAME.fix);
    return { shape: "", size: null };
  }
  const [, shape, suffix] = /^(.+\.Flex)\.(.+)$/.exec(key) ?? [];
  if (shape === undefined || suffix === undefined) return { shape: key, size: undefined };
  const [, ocpus, memoryGib] = /^([1-9]\d{0,4})\.([1-9]\d{0,4})$/.exec(suffix) ?? [];
  if (ocpus === undefined || memoryGib === undefined) {
    const fix = `write ${shape}.<OCPUs>.<GB> with two whole numbers, such as ${shape}.8.64`;
    problems.report(located, `${suffix} are not the sizes of a flexible shape`, fix);
    return { shape, size: null };
  }
  return { shape, size: { ocpus: Number(ocpus), memoryGib: Number(memoryGib) } };
}

/** A count for any AD, or counts per AD. */
function readCounts(located: Located, problems: ProblemCollector): readonly NodeCount[] {
  const { at } = located;
  if (at.kind !== "map") {
    const count = readWholeNumber(located, COUNT_RANGE, problems);
    return count === null ? [] : [{ located, count }];
  }
  if (at.entries.length === 0) {
    problems.report(located, "there is no count", "write {AD number: count}, such as {1: 4, 2: 4}");
  }
  return at.entries
    .map((entry) => readAdCount(entry.key, locatedAt({ ...located, at }, entry), problems))
    .filter((count) => count !== null);
}

function readAdCount(key: string, located: Located, problems: ProblemCollector): NodeCount | null {
  if (!/^[1-9]\d?$/.test(key)) {
    const [number = "1"] = /(?<!\d)[1-9](?!\d)/.exec(key) ?? [];
    const count =
      located.at.kind === "scalar" && /^\d{1,4}$/.test(located.at.source) ? located.at.source : "4";
    const fix = `write the AD's number as the key, such as {${number}: ${count}}`;
    return problems.report(located, `${key} is not the number of an availability domain`, fix);
  }
  const count = readWholeNumber(located, COUNT_RANGE, problems);
  return count === null ? null : { located, availabilityDomain: Number(key), count };
}

type LongForm = Omit<ShapeLimits, "located" | "shape">;

function readLongForm(
  map: Located<PositionedMap>,
  namedSize: ShapeLimits["size"],
  problems: ProblemCollector,
): LongForm {
  reportUnknownKeys(map, LONG_FORM_KEYS, problems);
  const field = <Value>(key: string, read: (located: Located) => Value | null) => {
    const located = fieldOf(map, key);
    return (located && read(located)) ?? undefined;
  };
  if (fieldOf(map, "count") === undefined) {
    const fix = "add `count: 10`, or `count: {1: 5, 2: 5}` for single availability domains";
    problems.report(map, "the key count is missing", fix);
  }
  return {
    counts: field("count", (located) => readCounts(located, problems)) ?? [],
    size: readSize(map, namedSize, problems),
    partitions: field("partition", (it) => readWords(it, PARTITION_NAME, problems)) ?? [],
    features: field("features", (it) => readWords(it, FEATURE, problems)) ?? [],
    bootVolumeGib: field("boot_volume", (it) => readWholeNumber(it, BOOT_VOLUME_RANGE, problems)),
    imageOcid: field("image", (it) => readText(it, IMAGE, problems)),
    alternatives: field("alternatives", (it) => readAlternatives(it, problems)) ?? [],
    preemptible: field("preemptible", (it) => readPreemptible(it, problems)),
    slurmOptions: field("slurm_options", (it) => readNodeOptions(it, problems)) ?? {},
  };
}

function readSize(
  map: Located<PositionedMap>,
  named: ShapeLimits["size"],
  problems: ProblemCollector,
): ShapeLimits["size"] {
  const [ocpus, memory] = [fieldOf(map, "ocpus"), fieldOf(map, "memory")];
  if (ocpus === undefined && memory === undefined) return named;
  if (named !== undefined) {
    const fix = "write the sizes either in the shape's name or as ocpus and memory";
    return problems.report(map, "the sizes stand here twice", fix);
  }
  if (ocpus === undefined || memory === undefined) {
    const missing = ocpus === undefined ? "ocpus" : "memory";
    return problems.report(
      map,
      `the key ${missing} is missing`,
      "write both ocpus and memory (GB)",
    );
  }
  const [ocpusRead, memoryGib] = [ocpus, memory].map((it) =>
    readWholeNumber(it, SIZE_RANGE, problems),
  );
  if (typeof ocpusRead !== "number" || typeof memoryGib !== "number") return null;
  return { ocpus: ocpusRead, memoryGib };
}

/** Shapes written as the keys of the file are: a flexible one with its sizes. */
function readAlternatives(
  located: Located,
  problems: ProblemCollector,
): readonly NamedShape[] | null {
  const items = readItems(located, { countMax: ALTERNATIVES_MAX, fix: NAME.fix }, problems);
  return (
    items &&
    readEach(items, (item) => {
      const key = readText(item, NAME, problems);
      return key === null ? null : { located: item, ...readShapeKey(key, item, problems) };
    })
  );
}

function readPreemptible(located: Located, problems: ProblemCollector): "only" | "first" | null {
  const word = readChoice(located, ["true", "first", "false"], problems);
  if (word === "true") return "only";
  return word === "first" ? word : null;
}

/** One word or a list of them, each once. */
function readWords(
  located: Located,
  rule: TextRule,
  problems: ProblemCollector,
): readonly string[] | null {
  const items = readItems(located, { countMax: WORDS_MAX, fix: rule.fix }, problems);
  const words = items && readEach(items, (item) => readText(item, rule, problems));
  return words && [...new Set(words)];
}

function readNodeOptions(located: Located, problems: ProblemCollector): SlurmOptions | null {
  const map = readMap(located, "write {Weight: 10} or the like", problems);
  if (map === null) return null;
  const options = readSlurmOptions(map, NODE_OPTIONS, problems);
  const entry = map.at.entries.find(({ key }) => isSameKey(key, "Gres"));
  const gres = options["Gres"];
  if (entry !== undefined && gres !== undefined && gres !== OMIT && parseGres(gres) === undefined) {
    problems.report(locatedAt(map, entry), "this is not what Slurm takes for Gres", GRES_FIX);
  }
  return options;
}
