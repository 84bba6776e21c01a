import { groupBy } from "../group-by.ts";
import type { ImageShapes } from "../image-check.ts";
import type { NodeGroup } from "../launch-specification.ts";
import { type Finding, problemsOr, wrong } from "./finding.ts";

/** A shape that is launched with an image. */
export interface ImageUse {
  readonly imageOcid: string;
  readonly shape: string;
  /** A hostlist of one of its groups, for people. */
  readonly names: string;
}

/** What startnode may launch, each pair of image and shape once; alternatives included. */
export function imageUses(groups: readonly NodeGroup[], defaultOcid: string): readonly ImageUse[] {
  const uses = groups.flatMap(({ names, specification }) => {
    const { imageOcid = defaultOcid, alternatives = [] } = specification;
    return [specification, ...alternatives].map(({ shape }) => ({ imageOcid, shape, names }));
  });
  const pairs = groupBy(uses, ({ imageOcid, shape }) => `${imageOcid} ${shape}`);
  return [...pairs.values()].flatMap(([first]) => first ?? []);
}

/** Each image on each shape that it is launched with: OCI refuses others, and an aarch64 shape needs an image of its own. */
export function judgeImages(uses: readonly ImageUse[], images: ImageShapes): readonly Finding[] {
  const count = new Set(uses.map(({ imageOcid }) => imageOcid)).size;
  const findings = uses.flatMap((use) => judgeUse(use, images));
  return problemsOr(
    findings,
    `${count} image${count === 1 ? "" : "s"} fit${count === 1 ? "s" : ""} all shapes of nodes.json`,
  );
}

function judgeUse({ imageOcid, shape, names }: ImageUse, images: ImageShapes): readonly Finding[] {
  const shapes = images.get(imageOcid);
  if (shapes?.has(shape) === true) return [];
  const where = "write `image:` under the shape in limits.yaml (or mgmt_image_id)";
  const fix = `${where}: one that \`oci compute image list --shape ${shape}\` shows; then finish`;
  const name = shortOcid(imageOcid);
  const seen =
    shapes === undefined
      ? `OCI knows no image ${name}, or does not let us see it (${names})`
      : `image ${name} does not run on ${shape} (${names})`;
  return [wrong(seen, fix)];
}

const OCID_TAIL = 6;

/** The end tells OCIDs apart. */
function shortOcid(ocid: string): string {
  return `…${ocid.slice(-OCID_TAIL)}`;
}
