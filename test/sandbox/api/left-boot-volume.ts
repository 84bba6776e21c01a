import { BODY_PROBLEMS, checkAvailabilityDomain } from "./check-launch.ts";
import type { BootVolumeRecord } from "./boot-volume.ts";
import type { Cloud } from "./cloud.ts";
import { FieldReader } from "./field-reader.ts";

/** A volume that an instance left behind which is long forgotten: it is billed, and nothing points to it. */
export function leaveBootVolume(cloud: Cloud, body: unknown): BootVolumeRecord {
  const { region } = cloud;
  const known = ["displayName", "availabilityDomain", "sizeGib", "freeformTags", "ageSeconds"];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  const availabilityDomain =
    fields.string("availabilityDomain") ?? region.availabilityDomains[0] ?? "";
  checkAvailabilityDomain(region, availabilityDomain);
  const sizeGib = fields.number("sizeGib");
  return cloud.bootVolumes.leave({
    availabilityDomain,
    compartmentOcid: region.subnets[0]?.compartmentOcid ?? region.tenancyOcid,
    displayName: fields.requiredString("displayName"),
    imageOcid: region.images[0]?.ocid ?? "",
    ...(sizeGib === undefined ? {} : { sizeGib }),
    freeformTags: fields.stringMap("freeformTags") ?? {},
    timeCreatedMs: cloud.nowMs - (fields.number("ageSeconds") ?? 0) * 1000,
  });
}
