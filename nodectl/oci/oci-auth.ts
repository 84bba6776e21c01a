import { createPrivateKey } from "node:crypto";
import {
  ConfigFileAuthenticationDetailsProvider,
  InstancePrincipalsAuthenticationDetailsProviderBuilder,
  type AuthenticationDetailsProvider,
} from "oci-common";
import type { Config } from "../domain/config.ts";
import { OciAuthError } from "./oci-auth-error.ts";

/** The metadata service may be slow on a machine that has just booted; more than this and it is not there. */
const INSTANCE_PRINCIPAL_DEADLINE_MS = 30_000;

/**
 * Resolves authentication once, before any fan-out: with instance principals the SDK otherwise authenticates anew
 * for every call that is under way (facts of oci-common 2.139.1).
 * @throws OciAuthError
 */
export async function createAuthentication(
  config: Pick<Config, "auth" | "endpoint">,
): Promise<AuthenticationDetailsProvider> {
  const { auth } = config;
  switch (auth.kind) {
    case "config_file":
      return fromConfigFile(auth.ociConfigFile, auth.profile);
    case "instance_principals":
      return await fromInstancePrincipals(config.endpoint);
  }
}

function fromConfigFile(path: string, profile: string): AuthenticationDetailsProvider {
  try {
    const provider = new ConfigFileAuthenticationDetailsProvider(path, profile);
    // A key that cannot be used is found here, not with the first of a thousand calls.
    createPrivateKey({
      key: provider.getPrivateKey(),
      passphrase: provider.getPassphrase() ?? "",
    });
    return provider;
  } catch (error) {
    throw new OciAuthError(
      `no credentials: ${errorText(error)}; check oci_config (${path}) and profile (${profile}) in startnode.yaml, ` +
        `and that the key file it names is readable`,
      { cause: error },
    );
  }
}

async function fromInstancePrincipals(
  endpoint: string | undefined,
): Promise<AuthenticationDetailsProvider> {
  const builder = new InstancePrincipalsAuthenticationDetailsProviderBuilder();
  if (endpoint !== undefined) builder.federationEndpoint = `${endpoint}/v1/x509`;
  try {
    return await withDeadline(INSTANCE_PRINCIPAL_DEADLINE_MS, async () => {
      const provider = await builder.build();
      await provider.getKeyId();
      return provider;
    });
  } catch (error) {
    throw new OciAuthError(
      `no credentials: instance principals are not to be had (${errorText(error)}); this must run on an OCI instance ` +
        `whose metadata service (169.254.169.254) answers, and a dynamic group must match that instance; ` +
        `or set auth: config_file in startnode.yaml`,
      { cause: error },
    );
  }
}

async function withDeadline<Value>(deadlineMs: number, work: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${deadlineMs / 1000} s`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work(), expired]);
  } finally {
    clearTimeout(timer);
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
