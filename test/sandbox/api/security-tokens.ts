import {
  createPublicKey,
  generateKeyPair,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";

/** Whom a token speaks for. */
export interface TokenOwner {
  readonly instanceOcid: string;
  readonly compartmentOcid: string;
  readonly tenancyOcid: string;
}

export interface Session {
  readonly owner: TokenOwner;
  /** Of the key that signs the session's requests. */
  readonly publicKey: KeyObject;
}

interface Claims {
  readonly exp: number;
  readonly jti: string;
  readonly jwk: string;
  readonly "opc-instance": string;
  readonly "opc-compartment": string;
  readonly "opc-tenant": string;
}

const ALGORITHM = "RSA-SHA256";

/**
 * Makes and reads the tokens of sessions: JWTs (RFC 7519, RS256) that carry the session's public key, so that nothing
 * has to be remembered. The claims are those that OCI's tokens show when they are decoded.
 */
export class SecurityTokens {
  private readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;
  private readonly lifeMs: number;
  private generation = 1;

  private constructor(keys: { publicKey: KeyObject; privateKey: KeyObject }, lifeMs: number) {
    this.publicKey = keys.publicKey;
    this.privateKey = keys.privateKey;
    this.lifeMs = lifeMs;
  }

  static async create(lifeMs: number): Promise<SecurityTokens> {
    const keys = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    return new SecurityTokens(keys, lifeMs);
  }

  issue({ owner, publicKey }: Session, nowMs: number): string {
    const issuedAt = Math.floor(nowMs / 1000);
    const header = { kid: "asw", typ: "JWT", alg: "RS256" };
    const claims = {
      sub: owner.instanceOcid,
      "opc-certtype": "instance",
      iss: "authService.oracle.com",
      ptype: "instance",
      aud: "oci",
      ttype: "x509",
      "opc-instance": owner.instanceOcid,
      "opc-compartment": owner.compartmentOcid,
      "opc-tenant": owner.tenancyOcid,
      iat: issuedAt,
      exp: issuedAt + Math.round(this.lifeMs / 1000),
      jti: `${this.generation}.${randomUUID()}`,
      jwk: JSON.stringify(publicKey.export({ format: "jwk" })),
    };
    const text = `${encode(header)}.${encode(claims)}`;
    return `${text}.${sign(ALGORITHM, Buffer.from(text), this.privateKey).toString("base64url")}`;
  }

  /** Undefined: not ours, changed, expired or revoked. */
  read(token: string, nowMs: number): Session | undefined {
    const [header = "", body = "", signature = ""] = token.split(".");
    const text = Buffer.from(`${header}.${body}`);
    if (!verify(ALGORITHM, text, this.publicKey, Buffer.from(signature, "base64url"))) return;
    // Signed by us, so the form is ours.
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
    if (nowMs >= claims.exp * 1000 || !claims.jti.startsWith(`${this.generation}.`)) return;
    const owner = {
      instanceOcid: claims["opc-instance"],
      compartmentOcid: claims["opc-compartment"],
      tenancyOcid: claims["opc-tenant"],
    };
    const jwk = JSON.parse(claims.jwk) as Record<string, unknown>;
    return { owner, publicKey: createPublicKey({ key: jwk, format: "jwk" }) };
  }

  /** Every token so far is expired from now on. */
  revokeAll(): void {
    this.generation += 1;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
