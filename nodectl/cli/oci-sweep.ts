import { OciRemains } from "../oci/oci-remains.ts";
import type { RemainsControl } from "../oci/provider.ts";
import { createClientSettings, createRetryPolicy, type RunTools } from "./oci-context.ts";
import type { SweepOptions } from "./sweep-options.ts";

/** As many as a startnode has under way. */
export const SWEEP_CONCURRENCY = 64;

/** OCI's own clients wait 60 s. */
const CALL_DEADLINE_SECONDS = 60;
/** About a minute of faults, or of refusals that may pass: then the next look is worth more. 429s do not count. */
const RETRIES_MAX = 15;

/**
 * What is left of the cluster, with the credentials of whoever calls.
 * @throws OciAuthError
 */
export async function createRemains(
  options: SweepOptions,
  tools: RunTools,
): Promise<RemainsControl> {
  const { region, endpoint, ociConfigFile, profile, compartmentOcid, clusterId } = options;
  const config = {
    ...{ region, endpoint, auth: { kind: "config_file", ociConfigFile, profile } as const },
    callDeadlineSeconds: CALL_DEADLINE_SECONDS,
    launchConcurrency: SWEEP_CONCURRENCY,
  };
  const clients = await createClientSettings(config, tools);
  const retry = { ...createRetryPolicy(tools), retriesMax: RETRIES_MAX };
  return new OciRemains({ clients, compartmentOcid, clusterId, retry });
}
