import type { Cloud } from "../commands/doctor/doctor-context.ts";
import type { Clock } from "../domain/clock.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import { OciBootVolumes } from "../oci/boot-volumes.ts";
import { OciCatalogue } from "../oci/oci-catalogue.ts";
import { OciServiceLimits } from "../oci/service-limits.ts";
import { OciSubnet } from "../oci/subnet-use.ts";
import { cloudOf, createClientSettings, createRetryPolicy } from "./oci-context.ts";

export interface DoctorTools {
  readonly clock: Clock;
  readonly log: Log;
  /** For the credentials, and then once more for all calls. */
  readonly deadlineMs: number;
}

/**
 * Everything that the programs ask of OCI, with one set of clients.
 * @throws OciAuthError
 */
export async function createDoctorCloud(config: Config, tools: DoctorTools): Promise<Cloud> {
  const { deadlineMs } = tools;
  const clients = await createClientSettings(config, {
    ...tools,
    signal: AbortSignal.timeout(deadlineMs),
  });
  // From now on: getting the credentials may have taken its time.
  const patience = { ...tools, signal: AbortSignal.timeout(deadlineMs) };
  const retry = createRetryPolicy(patience);
  const { compartmentOcid } = config;
  return {
    ...cloudOf(clients, config, patience),
    catalogue: new OciCatalogue({ clients, compartmentOcid, retry }),
    subnet: new OciSubnet(clients, config.subnetOcid, retry),
    bootVolumes: new OciBootVolumes(clients, compartmentOcid, retry),
    limits: new OciServiceLimits(clients, compartmentOcid, retry),
  };
}
