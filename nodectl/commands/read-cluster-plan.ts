import { Catalogue } from "../domain/catalogue.ts";
import { planCluster } from "../domain/cluster-plan.ts";
import type { ClusterPlan } from "../domain/cluster-plan.ts";
import { imagesOf } from "../domain/image-check.ts";
import type { ImageShapes } from "../domain/image-check.ts";
import { readLimits } from "../domain/limits.ts";
import type { Checked } from "../domain/result.ts";
import { readInputFile } from "../files/input-file.ts";
import { parsePositionedYaml } from "../files/positioned-yaml.ts";
import type { ShapeCatalogue } from "../oci/provider.ts";
import type { FinishContext } from "./finish-context.ts";

type PlanContext = Pick<FinishContext, "catalogue" | "config" | "progress">;

/**
 * What limits.yaml asks for, checked against what the region offers; or everything that is wrong with it. OCI is not
 * asked when the file cannot even be read.
 * @throws OciCallError
 */
export async function readClusterPlan(
  { catalogue, config, progress }: PlanContext,
  limitsFile: string,
): Promise<Checked<ClusterPlan>> {
  progress(`reading ${limitsFile}`);
  const text = await readInputFile(limitsFile);
  if (text.kind === "invalid") return text;
  const file = parsePositionedYaml(text.value, limitsFile);
  if (file.kind === "invalid") return file;
  progress("asking OCI for its shapes");
  const read = readLimits(file.value, limitsFile);
  // A region has one to three availability domains: no bound is needed.
  const names = await catalogue.listAvailabilityDomains();
  const [offers, images] = await Promise.all([
    Promise.all(names.map(async (name) => ({ name, shapes: await catalogue.listShapes(name) }))),
    readImages(catalogue, imagesOf(read.limits.shapes), names),
  ]);
  return planCluster(read, new Catalogue(offers, config.adRoot), images);
}

/**
 * Which shapes each image runs on. One image after the other: a file may name many, and OCI limits the rate.
 * @throws OciCallError
 */
export async function readImages(
  catalogue: ShapeCatalogue,
  imageOcids: readonly string[],
  availabilityDomains: readonly string[],
): Promise<ImageShapes> {
  const images = new Map<string, ReadonlySet<string> | undefined>();
  for (const ocid of imageOcids) {
    const lists = await Promise.all(
      availabilityDomains.map((name) => catalogue.listShapesOfImage(name, ocid)),
    );
    const known = lists.filter((list) => list !== undefined);
    images.set(ocid, known.length === 0 ? undefined : new Set(known.flat()));
  }
  return images;
}
