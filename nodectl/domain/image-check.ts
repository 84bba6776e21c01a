import type { Catalogue } from "./catalogue.ts";
import { fieldOf } from "./fields.ts";
import type { ShapeLimits } from "./limits-shape.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";

/** The shapes that each image of the limits runs on, by its OCID; undefined: OCI does not know the image. */
export type ImageShapes = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** The images that limits.yaml names, each once. */
export function imagesOf(shapes: readonly ShapeLimits[]): readonly string[] {
  const named = shapes.map(({ imageOcid }) => imageOcid);
  return [...new Set(named.filter((ocid) => ocid !== undefined))];
}

/**
 * Reports an image that OCI does not know, or that does not run on the shape or on an alternative: every such launch would
 * be refused. Shapes that the region does not have are somebody else's to report.
 */
export function checkImage(
  { imageOcid, shape, alternatives, located }: ShapeLimits,
  catalogue: Pick<Catalogue, "shape">,
  images: ImageShapes,
  problems: ProblemCollector,
): void {
  if (imageOcid === undefined || !images.has(imageOcid)) return;
  if (catalogue.shape(shape) === undefined) return;
  const names = images.get(imageOcid);
  if (names === undefined) {
    const message = "OCI knows no such image, or does not let nodectl see it";
    problems.report(imageField(located), message, fixFor(shape));
    return;
  }
  if (!names.has(shape))
    problems.report(imageField(located), `this image does not run on ${shape}`, fixFor(shape));
  for (const other of alternatives) {
    if (names.has(other.shape) || catalogue.shape(other.shape) === undefined) continue;
    const message = `the image of these nodes does not run on ${other.shape}`;
    problems.report(other.located, message, `leave it out, or ${fixFor(other.shape)} as \`image\``);
  }
}

function fixFor(shapeName: string): string {
  return `write one that \`oci compute image list --shape ${shapeName}\` shows`;
}

function imageField({ at, path, line }: Located): Located {
  const field = at.kind === "map" ? fieldOf({ at, path, line }, "image") : undefined;
  return field ?? { at, path, line };
}
