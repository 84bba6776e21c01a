import { type Finding, skipped } from "../../domain/doctor/finding.ts";
import { imageUses, judgeImages } from "../../domain/doctor/images.ts";
import { readImages } from "../read-cluster-plan.ts";
import type { CloudSide } from "./cloud-side.ts";
import { policyFor, tryCall } from "./oci-probe.ts";

/** Each is a call for each availability domain. */
const IMAGES_MAX = 20;

/** Which shapes each image runs on, and which of them startnode would launch it with. */
export async function checkImages(side: CloudSide): Promise<readonly Finding[]> {
  const { imageOcid } = side.context.config;
  const groups = await side.groups();
  if (groups === undefined) return [skipped("there is no nodes.json to compare with")];
  const uses = imageUses(groups, imageOcid);
  const ocids = [...new Set(uses.map((use) => use.imageOcid))];
  const asked = new Set(ocids.slice(0, IMAGES_MAX));
  const left = ocids.length - asked.size;
  const policy = policyFor("read instance-images", "mgmt_image_id", imageOcid);
  const findings = await tryCall(policy, async () =>
    judgeImages(
      uses.filter((use) => asked.has(use.imageOcid)),
      await readImages(side.cloud.catalogue, [...asked], await side.domains()),
    ),
  );
  return left === 0 ? findings : [...findings, skipped(`${left} more images were not asked for`)];
}
