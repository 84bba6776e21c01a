import type { Config } from "../domain/config.ts";
import { OciCatalogue } from "../oci/oci-catalogue.ts";
import { createClientSettings, createRetryPolicy, type RunTools } from "./oci-context.ts";

/**
 * What the region offers, through the real SDK. A file of its own: only finish and citc need the identity client.
 * @throws OciAuthError
 */
export async function createCatalogue(config: Config, tools: RunTools): Promise<OciCatalogue> {
  return new OciCatalogue({
    clients: await createClientSettings(config, tools),
    compartmentOcid: config.compartmentOcid,
    retry: createRetryPolicy(tools),
  });
}
