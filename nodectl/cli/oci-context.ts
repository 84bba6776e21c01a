import { setMaxListeners } from "node:events";
import type { Clock } from "../domain/clock.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import { OciConsoles } from "../oci/console-history.ts";
import { OciHttpClient, type RequestTally } from "../oci/http-client.ts";
import type { LaunchSettings } from "../oci/launch-details.ts";
import { OciInstanceAddresses } from "../oci/instance-addresses.ts";
import { createAuthentication } from "../oci/oci-auth.ts";
import { OciCoreProvider } from "../oci/oci-core-provider.ts";
import type { AddressBook, Consoles, InstanceAddresses, InstanceControl } from "../oci/provider.ts";
import { RenewingHttpClient } from "../oci/renewing-http-client.ts";
import { RequestSigner } from "../oci/request-signature.ts";
import type { RetryPolicy } from "../oci/retry.ts";
import type { ClientSettings } from "../oci/sdk-clients.ts";
import { launchSettingsOf } from "./launch-settings.ts";

// The SDK takes most of a start: this file is imported when it is needed, so that --help and every refusal of bad
// input come at once.

const RETRY_DELAY_MS_MIN = 500;
const RETRY_DELAY_MS_MAX = 4_000;
/** With the delays above more than the longest run may take: the deadline ends it, not the count. */
const RETRIES_MAX = 1_000;

/**
 * Faults of a launch: about 20 s when OCI answers with them, and call_deadline_seconds more for each that it does not answer
 * at all. 429s do not count.
 */
const LAUNCH_RETRIES_MAX = 6;

/** A thousand throttled launches are one line of the log in this time. */
const RETRY_REPORT_INTERVAL_MS = 10_000;

/** What every run has. */
export interface RunTools {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
  /** Aborts when nothing is to be launched any more; absent: at the run's deadline. */
  readonly launchSignal?: AbortSignal;
  /** Aborts when nothing is to be terminated any more either; absent: at the run's deadline. */
  readonly lastSignal?: AbortSignal;
  /** Counts the requests of the run. */
  readonly tally?: RequestTally;
}

/**
 * Instances and addresses through the real SDK, until the run's own deadline.
 * @throws OciAuthError
 */
export async function createProvider(
  config: Config,
  launch: LaunchSettings,
  tools: RunTools,
): Promise<OciCoreProvider> {
  return providerOf(await createClientSettings(config, tools), launch, tools);
}

function providerOf(
  clients: ClientSettings,
  launch: LaunchSettings,
  tools: RunTools,
): OciCoreProvider {
  const { signal, launchSignal = signal, lastSignal = signal } = tools;
  return new OciCoreProvider({
    launch,
    clients,
    retry: createRetryPolicy(tools),
    launchRetry: {
      ...createRetryPolicy({ ...tools, signal: launchSignal }),
      retriesMax: LAUNCH_RETRIES_MAX,
    },
    terminateRetry: createRetryPolicy({ ...tools, signal: lastSignal }),
  });
}

/** What is asked by the commands that tell and mend, and launch nothing. */
export interface CloudSide {
  readonly instances: InstanceControl;
  readonly addressBook: AddressBook;
  /** Single instances looked at more closely. */
  readonly instanceAddresses: InstanceAddresses;
  readonly consoles: Consoles;
}

/** With clients that have been made before: the credentials are fetched once for all of them. */
export function cloudOf(clients: ClientSettings, config: Config, tools: RunTools): CloudSide {
  const provider = providerOf(clients, launchSettingsOf(config, {}), tools);
  const retry = createRetryPolicy(tools);
  return {
    instances: provider,
    addressBook: provider,
    instanceAddresses: new OciInstanceAddresses(clients, config.compartmentOcid, retry),
    consoles: new OciConsoles(clients, retry, tools),
  };
}

/**
 * What the SDK's clients are made with; credentials are resolved here, once.
 * @throws OciAuthError
 */
export async function createClientSettings(
  config: Pick<
    Config,
    "auth" | "endpoint" | "region" | "callDeadlineSeconds" | "launchConcurrency"
  >,
  tools: RunTools,
): Promise<ClientSettings> {
  const identity = await createAuthentication(config, tools);
  const { region, endpoint } = config;
  const httpClient = new OciHttpClient({
    signer: new RequestSigner(identity, () => tools.clock.now()),
    callDeadlineMs: config.callDeadlineSeconds * 1000,
    connectionsMax: config.launchConcurrency,
    monotonicMs: () => performance.now(),
    ...(tools.tally !== undefined && { tally: tools.tally }),
    deadlines: {
      launch: tools.launchSignal ?? tools.signal,
      terminate: tools.lastSignal ?? tools.signal,
    },
  });
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    httpClient: new RenewingHttpClient(httpClient, identity),
  };
}

/** How long OCI is asked again: until the run's own deadline. What it is asked again for is said, not too often. */
export function createRetryPolicy({ clock, log, signal }: RunTools): RetryPolicy {
  // Every waiting call listens to it: dozens at once are no leak.
  setMaxListeners(0, signal);
  const saidAtMs = new Map<string, number>();
  return {
    retriesMax: RETRIES_MAX,
    delayMsMin: RETRY_DELAY_MS_MIN,
    delayMsMax: RETRY_DELAY_MS_MAX,
    signal,
    onRetry: ({ operation, class: failureClass, message, code, status }) => {
      const key = `${operation} ${failureClass}`;
      const lastMs = saidAtMs.get(key);
      if (lastMs !== undefined && clock.now() - lastMs < RETRY_REPORT_INTERVAL_MS) return;
      saidAtMs.set(key, clock.now());
      log.warn("asking OCI again", {
        action: operation,
        reason: message,
        ...(status !== undefined && { status }),
        ...(code !== undefined && { code }),
      });
    },
  };
}
