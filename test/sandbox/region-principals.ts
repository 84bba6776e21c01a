import type { Log } from "../../nodectl/domain/log.ts";
import type { ApiServer } from "./api/api-server.ts";
import { describeInstance, type CloudInstance } from "./api/cloud-event.ts";
import type { Cloud } from "./api/cloud.ts";
import { Federation } from "./api/federation.ts";
import { startMetadataServer } from "./api/metadata-server.ts";
import { METADATA_ADDRESS } from "./machines/subnet-bridges.ts";

/** The API and the metadata service are reached without a port in the URL. */
export const HTTP_PORT = 80;

/** The clusters' dynamic group has their management nodes, and no compute node. */
export function startFederation(
  { region, clock }: Cloud,
  managementInstances: readonly CloudInstance[],
): Promise<Federation> {
  const members = new Set(managementInstances.map(({ instanceOcid }) => instanceOcid));
  return Federation.start({ region, clock, isInDynamicGroup: (ocid) => members.has(ocid) });
}

/** To every machine of the region its own, at the address that OCI has for it. */
export async function serveMetadata(
  cloud: Cloud,
  { identities }: Federation,
  { calls, faults, log }: Pick<ApiServer, "calls" | "faults"> & { readonly log: Log },
): Promise<void> {
  const { region, clock } = cloud;
  await startMetadataServer({
    ...{ region, identities, clock, log, calls, faults, host: METADATA_ADDRESS, port: HTTP_PORT },
    instanceAt: (address) => instanceAt(cloud, address),
  });
}

/** An address goes from instance to instance: its owner is the one that is not gone. */
function instanceAt(cloud: Cloud, address: string): CloudInstance | undefined {
  for (const record of cloud.records) {
    if (record.vnic.ipAddress === address && record.lifecycleState !== "TERMINATED") {
      return describeInstance(record);
    }
  }
  return undefined;
}
