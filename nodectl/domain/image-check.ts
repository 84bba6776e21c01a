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

/** Reports an image that OCI does not know, or that does not run on the shape: every launch would be refused. */
export function checkImage(
  { imageOcid, located }: ShapeLimits,
  shapeName: string,
  images: ImageShapes,
  problems: ProblemCollector,
): void {
  if (imageOcid === undefined || !images.has(imageOcid)) return;
  const names = images.get(imageOcid);
  if (names?.has(shapeName) === true) return;
  const message =
    names === undefined
      ? "OCI knows no such image, or does not let nodectl see it"
      : `this image does not run on ${shapeName}`;
  const fix = `write one that \`oci compute image list --shape ${shapeName}\` shows`;
  problems.report(imageField(located), message, fix);
}

function imageField({ at, path, line }: Located): Located {
  const field = at.kind === "map" ? fieldOf({ at, path, line }, "image") : undefined;
  return field ?? { at, path, line };
}
