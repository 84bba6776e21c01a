import { generateKeyPair, randomBytes, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import sshpk from "sshpk";

/** A certificate and its private key, as OCI's metadata service hands them out. */
export interface CertifiedKey {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a certificate says about its owner: attributes of the subject, in order. */
export type SubjectAttributes = readonly (readonly ["CN" | "OU", string])[];

/** Of the published typings only these calls are wrong: identities are objects there, not strings. */
interface CertificateIssuer {
  createSelfSignedCertificate(
    subject: sshpk.Identity,
    key: sshpk.PrivateKey,
    options: CertificateOptions,
  ): sshpk.Certificate;
  createCertificate(
    subject: sshpk.Identity,
    key: sshpk.PrivateKey,
    issuer: sshpk.Identity,
    issuerKey: sshpk.PrivateKey,
    options: CertificateOptions,
  ): sshpk.Certificate;
}

interface CertificateOptions {
  readonly ca?: boolean;
  readonly serial: Buffer;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly purposes: string[];
}

interface Signer {
  readonly subject: sshpk.Identity;
  readonly key: sshpk.PrivateKey;
  readonly pem: string;
}

const ISSUER = sshpk as unknown as CertificateIssuer;
const makeKeyPair = promisify(generateKeyPair);

/** OCI's instances have RSA keys of 2048 bits; the SDKs sign with rsa-sha256 alone. */
const KEY_BITS = 2048;
const AUTHORITY_LIFE_MS = 10 * 365 * 24 * 3_600_000;
/** Certificates hold a little before they were made: no two clocks agree. */
const BACKDATED_MS = 5 * 60_000;

/**
 * A root, an intermediate and the leaves that it signs, all in memory: the part of OCI that certifies instances.
 * node:crypto reads X.509 and cannot write it; the openssl command refuses subjects as long as OCIDs.
 */
export class CertificateAuthority {
  readonly intermediatePem: string;
  private readonly root: X509Certificate;
  private readonly intermediate: Signer;

  private constructor(root: X509Certificate, intermediate: Signer, intermediatePem: string) {
    this.root = root;
    this.intermediate = intermediate;
    this.intermediatePem = intermediatePem;
  }

  static async create(regionName: string, nowMs: number): Promise<CertificateAuthority> {
    const [root, intermediate] = await Promise.all([
      makeSigner([["CN", "Sandbox Root"]]),
      makeSigner([["CN", `PKISVC Identity Intermediate ${regionName}`]]),
    ]);
    const options = { ...validFor(nowMs, AUTHORITY_LIFE_MS), purposes: ["ca", "crl"], ca: true };
    const ownCertificate = ISSUER.createSelfSignedCertificate(root.subject, root.key, {
      ...options,
      serial: makeSerial(),
    });
    const certificate = ISSUER.createCertificate(
      intermediate.subject,
      intermediate.key,
      root.subject,
      root.key,
      { ...options, serial: makeSerial() },
    );
    const trusted = new X509Certificate(ownCertificate.toString("pem"));
    return new CertificateAuthority(trusted, intermediate, certificate.toString("pem"));
  }

  /** A fresh key and a certificate for it that holds for so many milliseconds from now. */
  async issue(attributes: SubjectAttributes, nowMs: number, lifeMs: number): Promise<CertifiedKey> {
    const leaf = await makeSigner(attributes);
    const certificate = ISSUER.createCertificate(
      leaf.subject,
      leaf.key,
      this.intermediate.subject,
      this.intermediate.key,
      { ...validFor(nowMs, lifeMs), serial: makeSerial(), purposes: ["signature", "clientAuth"] },
    );
    return {
      certificatePem: certificate.toString("pem"),
      privateKeyPem: leaf.pem,
    };
  }

  /** Whether the chain leads from the leaf over one of the intermediates to our root, and all of it holds now. */
  trusts(leaf: X509Certificate, intermediates: readonly X509Certificate[], nowMs: number): boolean {
    const isOurs = (certificate: X509Certificate): boolean =>
      certificate.ca && isIssuedBy(certificate, this.root) && holds(certificate, nowMs);
    return holds(leaf, nowMs) && intermediates.some((one) => isOurs(one) && isIssuedBy(leaf, one));
  }
}

async function makeSigner(attributes: SubjectAttributes): Promise<Signer> {
  const { privateKey } = await makeKeyPair("rsa", { modulusLength: KEY_BITS });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const name = attributes.map(([attribute, value]) => `${attribute}=${value}`).join(", ");
  return { subject: sshpk.identityFromDN(name), key: sshpk.parsePrivateKey(pem, "pem"), pem };
}

function makeSerial(): Buffer {
  const serial = randomBytes(16);
  // A serial number is a positive integer of the shortest form (RFC 5280, 4.1.2.2).
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial;
}

function validFor(nowMs: number, lifeMs: number): { validFrom: Date; validUntil: Date } {
  return { validFrom: new Date(nowMs - BACKDATED_MS), validUntil: new Date(nowMs + lifeMs) };
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function holds({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}
