import { errorText } from "../domain/error-text.ts";
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { askPatiently, type Patience } from "./ask-patiently.ts";
import { OciAuthError } from "./oci-auth-error.ts";

/** What OCI certifies about the instance that this runs on. */
export interface InstanceCertificate {
  readonly tenancyOcid: string;
  readonly certificate: X509Certificate;
  readonly intermediate: X509Certificate;
  readonly privateKey: KeyObject;
}

/** Every instance has its metadata service there ("Instance Metadata Service v2" in Oracle's documentation). */
export const METADATA_ENDPOINT = "http://169.254.169.254";

/**
 * Oracle's advice is to repeat on 404, 429 and 5xx: an instance that has just booted may see a 404 for some seconds,
 * and the service throttles.
 */
const METADATA_PATIENCE: Patience = {
  attemptMs: 5_000,
  retriesMax: 5,
  delayMsMin: 250,
  delayMsMax: 4_000,
  isPassing: (status) => status === 404 || status === 429 || status >= 500,
};

/** The certificate is renewed several times a day: files of two generations are read again. */
const READS_MAX = 3;

/**
 * Reads certificate, key and intermediate from the metadata service, all at once.
 * @throws OciAuthError
 */
export async function readInstanceCertificate(
  endpoint: string,
  signal: AbortSignal,
  patience: Patience = METADATA_PATIENCE,
): Promise<InstanceCertificate> {
  for (let read = 1; read <= READS_MAX; read++) {
    const found = await readOnce(endpoint, signal, patience);
    if (found.certificate.checkPrivateKey(found.privateKey)) return found;
  }
  throw new OciAuthError(
    `no credentials: the metadata service (${endpoint}) gives a certificate and a key that do not belong together`,
  );
}

async function readOnce(
  endpoint: string,
  signal: AbortSignal,
  patience: Patience,
): Promise<InstanceCertificate> {
  const [cert = "", key = "", chain = ""] = await Promise.all(
    ["cert.pem", "key.pem", "intermediate.pem"].map((name) =>
      readFile(`${endpoint}/opc/v2/identity/${name}`, signal, patience),
    ),
  );
  try {
    const certificate = new X509Certificate(cert);
    return {
      tenancyOcid: tenancyOf(certificate),
      certificate,
      intermediate: new X509Certificate(chain),
      privateKey: createPrivateKey(key),
    };
  } catch (error) {
    const reason = errorText(error);
    throw new OciAuthError(
      `no credentials: what the metadata service (${endpoint}) gives is no identity of an OCI instance: ${reason}`,
      { cause: error },
    );
  }
}

async function readFile(url: string, signal: AbortSignal, patience: Patience): Promise<string> {
  const outcome = await askPatiently(
    (bounded) =>
      fetch(url, {
        headers: { authorization: "Bearer Oracle" },
        redirect: "error",
        signal: bounded,
      }),
    patience,
    signal,
  );
  if (outcome.kind === "answered" && outcome.status === 200) return outcome.text;
  const { origin, pathname } = new URL(url);
  const said =
    outcome.kind === "answered"
      ? `answers ${outcome.status} to ${pathname}`
      : `does not answer (${outcome.reason})`;
  throw new OciAuthError(
    `no credentials: the metadata service (${origin}) ${said}; instance principals are to be had on an OCI instance ` +
      `alone; elsewhere set auth: config_file in startnode.yaml`,
  );
}

/** The SDKs read it so; older certificates say opc-identity. */
function tenancyOf({ subject }: X509Certificate): string {
  const tenancyOcid = /^\w+=(?:opc-tenant|opc-identity):(\S+)$/m.exec(subject)?.[1];
  if (tenancyOcid === undefined) throw new Error("the certificate names no tenancy");
  return tenancyOcid;
}
