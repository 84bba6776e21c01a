import { checkLaunch } from "./check-launch.ts";
import type { Cloud } from "./cloud.ts";
import type { InstanceRecord } from "./instance-record.ts";

export interface StrangersOptions {
  /** Where they live; default the region's last subnet. */
  readonly subnetOcid?: string;
  /** Our node names, which two strangers each bear as well: one of another cluster, one of nobody. */
  readonly nodeNames?: readonly string[];
}

/** The tags of a cluster that is not ours; the keys are those of our own. */
const OTHER_CLUSTER_TAGS = { cluster: "another-cluster", type: "compute" };

/**
 * Puts instances of others into the compartment, RUNNING and with no machine behind them: whoever looks for its own
 * must not take them for it.
 */
export function addStrangers(cloud: Cloud, options: StrangersOptions = {}): InstanceRecord[] {
  const subnetOcid = options.subnetOcid ?? cloud.region.subnets.at(-1)?.ocid ?? "";
  const bodies = [
    { displayName: "bastion", freeformTags: {} },
    { displayName: "database", freeformTags: { owner: "somebody-else" } },
    ...(options.nodeNames ?? []).flatMap((node) => [
      { displayName: node, freeformTags: {} },
      { displayName: node, freeformTags: { ...OTHER_CLUSTER_TAGS, node } },
    ]),
  ];
  return bodies.map((body) => {
    const order = checkLaunch({ ...strangerBody(cloud, subnetOcid), ...body }, cloud.region);
    return cloud.launch(order, { isPreexisting: true });
  });
}

function strangerBody(cloud: Cloud, subnetOcid: string): object {
  const { region } = cloud;
  const image = region.images.find((one) => one.architecture === "x86_64");
  return {
    compartmentId: region.subnets.find((subnet) => subnet.ocid === subnetOcid)?.compartmentOcid,
    availabilityDomain: region.availabilityDomains[0],
    shape: "VM.Standard2.1",
    sourceDetails: { sourceType: "image", imageId: image?.ocid },
    createVnicDetails: { subnetId: subnetOcid },
  };
}
