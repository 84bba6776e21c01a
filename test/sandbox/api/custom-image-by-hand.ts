import { invalidParameter } from "./api-error.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import type { CustomImageRecord, CustomImageState } from "./custom-images.ts";
import { FieldReader } from "./field-reader.ts";

const STATES: readonly CustomImageState[] = [
  ...(["PROVISIONING", "IMPORTING", "AVAILABLE", "EXPORTING", "DISABLED"] as const),
];

/** An image that somebody made in the console. It stays in the state that it is given. */
export function makeCustomImage(cloud: Cloud, body: unknown): CustomImageRecord {
  const { region } = cloud;
  const known = ["displayName", "freeformTags", "lifecycleState"];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  const wanted = fields.string("lifecycleState") ?? "AVAILABLE";
  const lifecycleState = STATES.find((state) => state === wanted);
  if (lifecycleState === undefined) {
    throw invalidParameter(`lifecycleState ${wanted} is unknown: use ${STATES.join(", ")}`);
  }
  const [base] = region.images;
  if (base === undefined) throw invalidParameter("the region has no image to make one of");
  return cloud.customImages.add({
    base,
    compartmentOcid: region.subnets[0]?.compartmentOcid ?? region.tenancyOcid,
    displayName: fields.requiredString("displayName"),
    freeformTags: fields.stringMap("freeformTags") ?? {},
    timeCreatedMs: cloud.nowMs,
    lifecycleState,
  });
}
