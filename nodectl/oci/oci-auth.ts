import { createPrivateKey } from "node:crypto";
import { ConfigFileAuthenticationDetailsProvider, EndpointBuilder } from "oci-common";
import type { Clock } from "../domain/clock.ts";
import type { Config } from "../domain/config.ts";
import { errorText } from "../domain/error-text.ts";
import type { Log } from "../domain/log.ts";
import { METADATA_ENDPOINT } from "./instance-certificate.ts";
import { InstancePrincipal } from "./instance-principal.ts";
import { OciAuthError } from "./oci-auth-error.ts";
import { fixedIdentity, type SigningIdentity } from "./signing-identity.ts";

export interface AuthTools {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
}

/** As the SDK builds it. */
const FEDERATION_TEMPLATE = "https://auth.{region}.{secondLevelDomain}";
const FEDERATION_PATH = "/v1/x509";

/**
 * Resolves authentication once, before any fan-out: a run that cannot sign makes no call.
 * @throws OciAuthError
 */
export async function createAuthentication(
  config: Pick<Config, "auth" | "endpoint" | "region">,
  tools: AuthTools,
): Promise<SigningIdentity> {
  const { auth } = config;
  switch (auth.kind) {
    case "config_file":
      return await fromConfigFile(auth.ociConfigFile, auth.profile);
    case "instance_principals":
      return await InstancePrincipal.open({
        metadataEndpoint: auth.metadataEndpoint ?? METADATA_ENDPOINT,
        federationUrl: federationUrl(config),
        ...tools,
      });
  }
}

function federationUrl({ endpoint, region }: Pick<Config, "endpoint" | "region">): string {
  const base = endpoint ?? EndpointBuilder.createEndpointFromRegionId(FEDERATION_TEMPLATE, region);
  return `${base}${FEDERATION_PATH}`;
}

async function fromConfigFile(path: string, profile: string): Promise<SigningIdentity> {
  try {
    const provider = new ConfigFileAuthenticationDetailsProvider(path, profile);
    // A key that cannot be used is found here, not with the first of a thousand calls.
    const privateKey = createPrivateKey({
      key: provider.getPrivateKey(),
      passphrase: provider.getPassphrase() ?? "",
    });
    return fixedIdentity({ keyId: await provider.getKeyId(), privateKey });
  } catch (error) {
    throw new OciAuthError(
      `no credentials: ${errorText(error)}; check oci_config (${path}) and profile (${profile}) in startnode.yaml, ` +
        `and that the key file it names is readable`,
      { cause: error },
    );
  }
}
