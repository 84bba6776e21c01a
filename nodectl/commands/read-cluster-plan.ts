import { Catalogue } from "../domain/catalogue.ts";
import { planCluster } from "../domain/cluster-plan.ts";
import type { ClusterPlan } from "../domain/cluster-plan.ts";
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
  return planCluster(
    readLimits(file.value, limitsFile),
    await readCatalogue(catalogue, config.adRoot),
  );
}

async function readCatalogue(catalogue: ShapeCatalogue, adRoot: string): Promise<Catalogue> {
  // A region has one to three availability domains: no bound is needed.
  const names = await catalogue.listAvailabilityDomains();
  const offers = names.map(async (name) => ({ name, shapes: await catalogue.listShapes(name) }));
  return new Catalogue(await Promise.all(offers), adRoot);
}
