import { systemClock } from "../../nodectl/cli/system-clock.ts";
import type { ApiServer } from "../sandbox/api/api-server.ts";
import type { Cloud } from "../sandbox/api/cloud.ts";
import { Federation } from "../sandbox/api/federation.ts";
import { addManagementInstance } from "../sandbox/api/management-instance.ts";
import { startMetadataServer, type MetadataServer } from "../sandbox/api/metadata-server.ts";

export interface PrincipalOptions {
  /** False: no policy speaks of the instance. Default true. */
  readonly isInDynamicGroup?: boolean;
}

/** The instance that nodectl runs on, as OCI sees it: metadata service and federation. */
export interface Principal {
  readonly federation: Federation;
  readonly metadataUrl: string;
  /** Its requests are logged, and faults strike them, where the API's are. */
  serveMetadata(api: ApiServer): Promise<void>;
  close(): Promise<void>;
}

export async function startPrincipal(
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
  let server: MetadataServer | undefined;
  return {
    federation,
    get metadataUrl() {
      if (server === undefined) throw new Error("the metadata service is not served yet");
      return server.url;
    },
    serveMetadata: async ({ calls, faults }) => {
      server = await startMetadataServer({
        ...{ region, clock: systemClock, calls, faults, identities: federation.identities },
        instanceAt: () => instance,
      });
    },
    close: async () => {
      await server?.close();
    },
  };
}
