import { createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import { ApiError, cannotParseRequest, invalidParameter } from "./api-error.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import { FieldReader } from "./field-reader.ts";
import { InstanceIdentities } from "./instance-identities.ts";
import { parseJson } from "./parse-json.ts";
import type { RegionDescription } from "./region.ts";
import { SecurityTokens, type TokenOwner } from "./security-tokens.ts";

export interface FederationOptions {
  readonly region: RegionDescription;
  /** Wall-clock time: certificates and tokens go by it. */
  readonly clock: Clock;
  /** How long a token holds, milliseconds. Default one hour. */
  readonly tokenLifeMs?: number;
  /**
   * The dynamic group whose policy allows everything: to the other instances' tokens nothing is there. Default every
   * instance.
   */
  readonly isInDynamicGroup?: (instanceOcid: string) => boolean;
}

/** Who signs a request, and with which key it must be verified. */
export interface SigningParty {
  readonly key: KeyObject;
  /** Whose requests the rate limits count. */
  readonly callerId: string;
  /** False: no policy lets the caller do anything. */
  readonly isAuthorized: boolean;
}

/** What a token request carries, read and not yet believed. */
interface TokenRequest {
  readonly certificate: X509Certificate;
  readonly intermediates: readonly X509Certificate[];
  readonly publicKey: KeyObject;
}

const TOKEN_LIFE_MS = 3_600_000;
const INTERMEDIATES_MAX = 5;
const FIELDS = ["certificate", "publicKey", "intermediateCertificates", "purpose"];

/** OCI's federation service and what belongs to it: an instance's certificate becomes a token for its requests. */
export class Federation {
  readonly identities: InstanceIdentities;
  private readonly authority: CertificateAuthority;
  private readonly tokens: SecurityTokens;
  private readonly isInDynamicGroup: (instanceOcid: string) => boolean;

  private constructor(
    options: FederationOptions,
    authority: CertificateAuthority,
    tokens: SecurityTokens,
  ) {
    this.authority = authority;
    this.tokens = tokens;
    this.identities = new InstanceIdentities(authority, options.region.tenancyOcid, options.clock);
    this.isInDynamicGroup = options.isInDynamicGroup ?? (() => true);
  }

  /** Takes some tenths of a second: its keys are made anew. */
  static async start(options: FederationOptions): Promise<Federation> {
    const [authority, tokens] = await Promise.all([
      CertificateAuthority.create(options.region.name, options.clock.now()),
      SecurityTokens.create(options.tokenLifeMs ?? TOKEN_LIFE_MS),
    ]);
    return new Federation(options, authority, tokens);
  }

  /** Who signs with `ST$<token>`. Undefined: the token does not hold. */
  sessionOf(token: string, nowMs: number): SigningParty | undefined {
    const session = this.tokens.read(token, nowMs);
    if (session === undefined) return undefined;
    const { instanceOcid } = session.owner;
    return {
      key: session.publicKey,
      callerId: instanceOcid,
      isAuthorized: this.isInDynamicGroup(instanceOcid),
    };
  }

  /**
   * Who signs a token request with `<tenancy OCID>/fed-x509/<fingerprint>`: the certificate in its body, if that is
   * the one which the key id names and ours. Undefined: it is not.
   */
  certificateOf(keyId: string, body: Buffer, nowMs: number): SigningParty | undefined {
    const { certificate, intermediates } = readTokenRequest(body);
    const owner = ownerOf(certificate);
    const wanted = `${owner?.tenancyOcid ?? ""}/fed-x509/${certificate.fingerprint}`;
    // The SDKs disagree about the fingerprint's letters: Java, Go and Python write capitals, TypeScript small ones.
    if (owner === undefined || keyId.toLowerCase() !== wanted.toLowerCase()) return undefined;
    if (!this.authority.trusts(certificate, intermediates, nowMs)) return undefined;
    return { key: certificate.publicKey, callerId: owner.instanceOcid, isAuthorized: true };
  }

  /** The token for a request whose signature was verified. */
  issueToken(body: Buffer, nowMs: number): string {
    const { certificate, publicKey } = readTokenRequest(body);
    const owner = ownerOf(certificate);
    if (owner === undefined) throw invalidParameter("the certificate is not an instance's");
    return this.tokens.issue({ owner, publicKey }, nowMs);
  }

  /** As if every token had expired. */
  revokeTokens(): void {
    this.tokens.revokeAll();
  }
}

function readTokenRequest(body: Buffer): TokenRequest {
  const fields = FieldReader.open(parseJson(body), "", FIELDS, BODY_PROBLEMS);
  const purpose = fields.string("purpose") ?? "DEFAULT";
  if (purpose !== "DEFAULT") throw invalidParameter(`unknown purpose: ${purpose}`);
  const intermediates = fields.raw("intermediateCertificates") ?? [];
  if (!isTextList(intermediates) || intermediates.length > INTERMEDIATES_MAX) {
    throw cannotParseRequest("intermediateCertificates must be a list of certificates");
  }
  return {
    certificate: readCertificate(fields.requiredString("certificate")),
    intermediates: intermediates.map(readCertificate),
    publicKey: readPublicKey(fields.requiredString("publicKey")),
  };
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Base64 of the DER form, without the lines around it: so the SDKs send it. */
function readCertificate(text: string): X509Certificate {
  return readDer("a certificate", () => new X509Certificate(Buffer.from(text, "base64")));
}

function readPublicKey(text: string): KeyObject {
  const key = Buffer.from(text, "base64");
  return readDer("a public key", () => createPublicKey({ key, format: "der", type: "spki" }));
}

function readDer<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new ApiError(400, "InvalidParameter", `This is not ${what}: ${String(error)}`);
  }
}

function ownerOf({ subject }: X509Certificate): TokenOwner | undefined {
  const valueOf = (key: string): string | undefined =>
    new RegExp(`^OU=${key}:(\\S+)$`, "m").exec(subject)?.[1];
  const [instanceOcid, compartmentOcid, tenancyOcid] = [
    valueOf("opc-instance"),
    valueOf("opc-compartment"),
    valueOf("opc-tenant"),
  ];
  if (instanceOcid === undefined || compartmentOcid === undefined || tenancyOcid === undefined) {
    return undefined;
  }
  return { instanceOcid, compartmentOcid, tenancyOcid };
}
