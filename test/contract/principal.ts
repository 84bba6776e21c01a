import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { CloudInstance } from "../sandbox/api/cloud-event.ts";
import type { Cloud } from "../sandbox/api/cloud.ts";
import { Federation } from "../sandbox/api/federation.ts";
import { addManagementInstance } from "../sandbox/api/management-instance.ts";

export interface PrincipalOptions {
  /** False: no policy speaks of the instance. Default true. */
  readonly isInDynamicGroup?: boolean;
}

/** The instance that nodectl runs on, and the service that knows it. */
export interface Principal {
  readonly federation: Federation;
  readonly instance: CloudInstance;
}

export async function createPrincipal(
  cloud: Cloud,
  { isInDynamicGroup = true }: PrincipalOptions,
): Promise<Principal> {
  const { region } = cloud;
  const [, subnet] = region.subnets;
  if (subnet === undefined) throw new Error("the region has no second subnet");
  // In another subnet than the nodes, and of another cluster by its tag: the tests count instances.
  const instance = addManagementInstance(cloud, subnet, "management");
  const federation = await Federation.start({
    ...{ region, clock: systemClock },
    isInDynamicGroup: (ocid) => isInDynamicGroup && ocid === instance.instanceOcid,
  });
  return { federation, instance };
}
