import { startApiServer, type ApiServer, type ApiServerOptions } from "./api-server.ts";
import type { CloudInstance } from "./cloud-event.ts";
import type { Federation } from "./federation.ts";
import { startMetadataServer, type MetadataServer } from "./metadata-server.ts";

export interface PrincipalServersOptions extends ApiServerOptions {
  readonly federation: Federation;
  /** The instance that asks the metadata service: on loopback all callers have one address. */
  readonly caller: () => CloudInstance;
}

export interface PrincipalServers {
  readonly api: ApiServer;
  readonly metadata: MetadataServer;
  close(): Promise<void>;
}

/** OCI's API and a metadata service on loopback, for a client that runs on an instance: one log, one set of faults. */
export async function startPrincipalServers(
  options: PrincipalServersOptions,
): Promise<PrincipalServers> {
  const { cloud, clock, federation, caller } = options;
  const api = await startApiServer(options);
  const metadata = await startMetadataServer({
    region: cloud.region,
    identities: federation.identities,
    instanceAt: caller,
    ...{ clock, faults: api.faults, calls: api.calls },
  });
  return {
    api,
    metadata,
    close: async () => {
      await metadata.close();
      await api.close();
    },
  };
}
