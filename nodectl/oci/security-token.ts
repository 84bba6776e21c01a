import type { KeyObject, X509Certificate } from "node:crypto";
import { parseJsonObject } from "../domain/json-object.ts";
import { askPatiently, type Patience, type ServiceOutcome } from "./ask-patiently.ts";
import type { InstanceCertificate } from "./instance-certificate.ts";
import { OciAuthError } from "./oci-auth-error.ts";
import { RequestSigner } from "./request-signature.ts";
import { fixedIdentity } from "./signing-identity.ts";

export interface SecurityToken {
  readonly token: string;
  /** OCI's clock, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface TokenRequest {
  /** Of OCI's federation service, with its path. */
  readonly url: string;
  readonly identity: InstanceCertificate;
  /** Of the key that will sign with the token. */
  readonly publicKey: KeyObject;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

const FEDERATION_PATIENCE: Patience = {
  attemptMs: 10_000,
  retriesMax: 4,
  delayMsMin: 500,
  delayMsMax: 4_000,
  isPassing: (status) => status === 429 || status >= 500,
};

/** OCI's tolerance ("Request Signatures"). */
const CLOCK_SKEW_MAX_MS = 5 * 60_000;

/**
 * Turns an instance's certificate into a token for the API (facts of oci-common's X509FederationClient).
 * @throws OciAuthError
 */
export async function requestToken(request: TokenRequest): Promise<SecurityToken> {
  const { url, now, signal, patience = FEDERATION_PATIENCE } = request;
  const body = tokenRequestBody(request);
  const signer = createSigner(request);
  const send = async (bounded: AbortSignal): Promise<Response> => {
    const headers = new Headers();
    await signer.sign({ method: "POST", url: new URL(url), headers, body });
    return await fetch(url, { method: "POST", headers, body, redirect: "error", signal: bounded });
  };
  const outcome = await askPatiently(send, patience, signal);
  const token = tokenIn(outcome);
  if (token === undefined) throw refusal(url, outcome, now());
  return { token, expiresAtMs: expiryOf(token) };
}

/** With `date`: every SDK signs this header here, `x-date` is documented for the API alone. */
function createSigner({ identity, now }: TokenRequest): RequestSigner {
  const { tenancyOcid, certificate, privateKey } = identity;
  // SHA-1, in capitals and with colons, as the SDKs for Java, Go and Python write it.
  const keyId = `${tenancyOcid}/fed-x509/${certificate.fingerprint}`;
  return new RequestSigner(fixedIdentity({ keyId, privateKey }), now, "date");
}

function tokenRequestBody({ identity, publicKey }: TokenRequest): string {
  return JSON.stringify({
    certificate: base64(identity.certificate),
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    intermediateCertificates: [base64(identity.intermediate)],
    purpose: "DEFAULT",
  });
}

function base64({ raw }: X509Certificate): string {
  return raw.toString("base64");
}

function tokenIn(outcome: ServiceOutcome): string | undefined {
  if (outcome.kind !== "answered" || outcome.status !== 200) return undefined;
  const token = parseJsonObject(outcome.text)?.["token"];
  return typeof token === "string" && Number.isFinite(expiryOf(token)) ? token : undefined;
}

/** The claim `exp` of a JWT; NaN when it has none. The signature is OCI's business. */
function expiryOf(token: string): number {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
  return Number(parseJsonObject(claims)?.["exp"] ?? Number.NaN) * 1000;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function refusal(url: string, outcome: ServiceOutcome, nowMs: number): OciAuthError {
  const service = `OCI's federation service (${new URL(url).origin})`;
  if (outcome.kind === "silent") {
    return new OciAuthError(
      `no credentials: ${service} does not answer (${outcome.reason}); check the region in startnode.yaml and the ` +
        `network's route to OCI`,
    );
  }
  const { status, headers, text } = outcome;
  // A proxy answers with a page.
  const { code, message } = parseJsonObject(text) ?? {};
  const said = [code, message].filter(isText).join(": ");
  const requestId = headers.get("opc-request-id");
  return new OciAuthError(
    // Slurm shows the beginning of a reason.
    `no credentials: ${clockSkew(headers, nowMs) ?? ""}${service} refuses this instance's certificate: ` +
      `${status} ${said === "" ? "without a token" : said}` +
      (requestId === null ? "" : ` [opc-request-id ${requestId}]`),
  );
}

/** What the service's own clock says about ours, when that explains the refusal. */
function clockSkew(headers: Headers, nowMs: number): string | undefined {
  const aheadMs = nowMs - Date.parse(headers.get("date") ?? "");
  if (!(Math.abs(aheadMs) > CLOCK_SKEW_MAX_MS)) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return `this computer's clock is ${minutes} minutes ${direction} OCI's, set it (chronyc makestep); `;
}
