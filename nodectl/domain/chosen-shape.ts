import { nearestNames } from "./edit-distance.ts";
import type { Catalogue } from "./catalogue.ts";
import type { NamedShape } from "./limits-shape.ts";
import type { ProblemCollector } from "./problem-collector.ts";
import type { Shape, ShapeSize } from "./shape.ts";

/** A shape that the region has, with sizes that it can have. */
export interface ChosenShape {
  readonly shape: Shape;
  readonly size: ShapeSize | undefined;
}

/** Checks a shape's name and sizes against what the region offers; null when that failed. */
export function chooseShape(
  limits: NamedShape,
  catalogue: Catalogue,
  problems: ProblemCollector,
): ChosenShape | null {
  if (limits.shape === "") return null;
  const shape = catalogue.shape(limits.shape);
  if (shape === undefined) return reportUnknownShape(limits, catalogue, problems);
  if (limits.size === null) return null;
  const chosen = { shape, size: limits.size };
  if (shape.flexible === undefined) return checkFixed(limits, chosen, problems);
  return checkFlexible(limits, { ...chosen, limits: shape.flexible }, problems);
}

function reportUnknownShape(
  { shape, size, located }: NamedShape,
  catalogue: Catalogue,
  problems: ProblemCollector,
): null {
  const nearest = nearestNames(shape, catalogue.shapeNames).map((name) =>
    catalogue.shape(name)?.flexible === undefined ? name : withSize(name, size ?? undefined),
  );
  const fix =
    nearest.length > 0
      ? `did you mean ${nearest.join(" or ")}?`
      : "write one of the shapes that `oci compute shape list` shows";
  return problems.report(located, `this region has no shape ${shape}`, fix);
}

function withSize(name: string, size: ShapeSize | undefined): string {
  return size === undefined ? `${name}.<OCPUs>.<GB>` : `${name}.${size.ocpus}.${size.memoryGib}`;
}

function checkFixed(
  { located }: NamedShape,
  { shape, size }: ChosenShape,
  problems: ProblemCollector,
): ChosenShape | null {
  if (size === undefined) return { shape, size };
  const message = `${shape.name} is no flexible shape: it has ${shape.ocpus} OCPUs and ${shape.memoryGib} GB`;
  return problems.report(located, message, "remove its sizes");
}

/** OCI's limits of a flexible shape; a bound that OCI does not name is infinite. */
type SizeLimits = NonNullable<Shape["flexible"]>;

function checkFlexible(
  { located }: NamedShape,
  { shape, size, limits }: ChosenShape & { readonly limits: SizeLimits },
  problems: ProblemCollector,
): ChosenShape | null {
  const ocpus = { min: limits.ocpusMin, max: limits.ocpusMax };
  if (size === undefined) {
    const fix = `write ${withSize(shape.name, undefined)}, with ${rangeText(ocpus)} OCPUs, such as ${withSize(shape.name, exampleSize(limits))}`;
    return problems.report(located, `${shape.name} is a flexible shape without sizes`, fix);
  }
  if (!isWithin(size.ocpus, ocpus)) {
    const message = `${shape.name} cannot have ${size.ocpus} OCPUs`;
    return problems.report(located, message, `write ${rangeText(ocpus)} OCPUs`);
  }
  const memory = memoryRange(size.ocpus, limits);
  if (!isWithin(size.memoryGib, memory)) {
    const message = `${shape.name} with ${size.ocpus} OCPUs cannot have ${size.memoryGib} GB`;
    return problems.report(located, message, `write ${rangeText(memory)} GB`);
  }
  return { shape, size };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Both the shape's whole memory and its memory per OCPU have bounds. */
function memoryRange(ocpus: number, limits: SizeLimits): Range {
  return {
    min: Math.ceil(Math.max(limits.memoryGibMin, ocpus * limits.memoryGibPerOcpuMin)),
    max: Math.floor(Math.min(limits.memoryGibMax, ocpus * limits.memoryGibPerOcpuMax)),
  };
}

const EXAMPLE_GIB_PER_OCPU = 8;

function exampleSize(limits: SizeLimits): ShapeSize {
  const ocpus = Math.max(1, Math.ceil(limits.ocpusMin));
  const { min, max } = memoryRange(ocpus, limits);
  return { ocpus, memoryGib: Math.min(max, Math.max(min, ocpus * EXAMPLE_GIB_PER_OCPU)) };
}

function isWithin(value: number, { min, max }: Range): boolean {
  return value >= min && value <= max;
}

function rangeText({ min, max }: Range): string {
  return Number.isFinite(max) ? `${min} to ${max}` : `at least ${min}`;
}
