import { invalidParameter } from "./api-error.ts";
import { BODY_PROBLEMS, checkLaunch } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import { FieldReader } from "./field-reader.ts";
import type { InstanceRecord } from "./instance-record.ts";
import { architectureOf } from "./shape-payload.ts";

const SHAPE = "VM.Standard2.1";

/**
 * An instance that somebody made in the console, without a call to the API: what is not said has a default. Its tags
 * are what the caller wants, so that it can be an orphan of a cluster, or a namesake of one of its nodes.
 */
export function launchByHand(cloud: Cloud, body: unknown): InstanceRecord {
  const { region } = cloud;
  const known = [
    ...["displayName", "hostnameLabel", "freeformTags", "subnet", "availabilityDomain"],
    ...["shape", "shapeConfig", "boots", "metadata"],
  ];
  const fields = FieldReader.open(body, "", known, BODY_PROBLEMS);
  const displayName = fields.requiredString("displayName");
  const shape = fields.string("shape") ?? SHAPE;
  const wanted = fields.string("subnet") ?? region.subnets[0]?.name;
  const subnet = region.subnets.find(({ name }) => name === wanted);
  if (subnet === undefined) {
    const names = region.subnets.map(({ name }) => name).join(", ");
    throw invalidParameter(`subnet ${wanted ?? ""} is unknown: there are ${names}`);
  }
  const image = region.images.find((one) => one.architecture === architectureOf(shape));
  const order = checkLaunch(
    {
      displayName,
      shape,
      compartmentId: subnet.compartmentOcid,
      availabilityDomain: fields.string("availabilityDomain") ?? region.availabilityDomains[0],
      shapeConfig: fields.raw("shapeConfig"),
      freeformTags: fields.stringMap("freeformTags") ?? {},
      metadata: fields.stringMap("metadata") ?? {},
      sourceDetails: { sourceType: "image", imageId: image?.ocid },
      createVnicDetails: { subnetId: subnet.ocid, hostnameLabel: fields.string("hostnameLabel") },
    },
    region,
  );
  return cloud.launch(order, { boots: fields.boolean("boots") ?? true });
}
