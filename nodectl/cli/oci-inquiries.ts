import type { Config } from "../domain/config.ts";
import { OciBootVolumes } from "../oci/boot-volumes.ts";
import type { BootVolumeCatalogue, LimitsInquiry, SubnetInquiry } from "../oci/provider.ts";
import { OciServiceLimits } from "../oci/service-limits.ts";
import { OciSubnet } from "../oci/subnet-use.ts";
import { createClientSettings, createRetryPolicy, type RunTools } from "./oci-context.ts";

/** What surrounds the instances: asked by the verbs that check and tell, and by nothing that Slurm calls. */
export interface Inquiries {
  readonly bootVolumes: BootVolumeCatalogue;
  readonly limits: LimitsInquiry;
  readonly subnet: SubnetInquiry;
}

/**
 * Through the real SDK, until the run's own deadline. A file of its own: only some verbs need the limits client.
 * @throws OciAuthError
 */
export async function createInquiries(config: Config, tools: RunTools): Promise<Inquiries> {
  const clients = await createClientSettings(config, tools);
  const retry = createRetryPolicy(tools);
  return {
    bootVolumes: new OciBootVolumes(clients, config.compartmentOcid, retry),
    limits: new OciServiceLimits(clients, config.compartmentOcid, retry),
    subnet: new OciSubnet(clients, config.subnetOcid, retry),
  };
}
