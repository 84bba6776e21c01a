import {
  CircuitBreaker,
  NoRetryConfigurationDetails,
  type AuthParams,
  type ClientConfiguration,
  type HttpClient,
} from "oci-common";

/** What every client of the SDK is made with. */
export interface ClientSettings {
  /** Signs too, so that the clients need no credentials of their own. */
  readonly httpClient: HttpClient;
  /** A region identifier, e.g. `us-phoenix-1`. */
  readonly region: string;
  /** In place of the host of every service; absent on OCI. */
  readonly endpoint?: string;
}

interface SdkClient {
  endpoint: string;
  regionId: string;
}

type SdkClientClass<Client> = new (
  parameters: AuthParams,
  configuration?: ClientConfiguration,
) => Client;

/**
 * Makes a client with the SDK's retries and circuit breaker off, whatever the environment says: its retries would
 * repeat "Out of host capacity", its breaker opens on 429s and keeps a timer that holds the process.
 */
export function createSdkClient<Client extends SdkClient>(
  clientClass: SdkClientClass<Client>,
  settings: ClientSettings,
): Client {
  const client = new clientClass(
    { httpClient: settings.httpClient },
    {
      retryConfiguration: NoRetryConfigurationDetails,
      circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
    },
  );
  if (settings.endpoint === undefined) client.regionId = settings.region;
  else client.endpoint = settings.endpoint;
  return client;
}
