import { createPrivateKey, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority } from "./certificate-authority.ts";

const NOW_MS = Date.UTC(2026, 0, 15, 12);
const HOUR_MS = 3_600_000;
/** Longer than the 64 characters that X.509 allows and OCI does not mind. */
const LONG = `opc-tenant:ocid1.tenancy.oc1..${"a".repeat(60)}`;

describe("the certificate authority", () => {
  let authority: CertificateAuthority;
  let other: CertificateAuthority;
  let leaf: X509Certificate;
  let intermediate: X509Certificate;
  let privateKeyPem: string;
  beforeAll(async () => {
    [authority, other] = await Promise.all([
      CertificateAuthority.create("us-phoenix-1", NOW_MS),
      CertificateAuthority.create("us-phoenix-1", NOW_MS),
    ]);
    const issued = await authority.issue(
      [
        ["CN", "ocid1.instance.oc1.phx.aaaa"],
        ["OU", LONG],
      ],
      NOW_MS,
      HOUR_MS,
    );
    leaf = new X509Certificate(issued.certificatePem);
    intermediate = new X509Certificate(authority.intermediatePem);
    privateKeyPem = issued.privateKeyPem;
  });

  it("issues leaves that OpenSSL reads, with subjects as long as OCIDs", () => {
    expect(leaf.subject.split("\n")).toEqual(["CN=ocid1.instance.oc1.phx.aaaa", `OU=${LONG}`]);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    expect(leaf.verify(intermediate.publicKey)).toBe(true);
    expect(privateKeyPem).toMatch(/^-----BEGIN RSA/);
  });

  it("trusts its own leaves over its own intermediate, while both hold", () => {
    expect(authority.trusts(leaf, [intermediate], NOW_MS)).toBe(true);
    expect(authority.trusts(leaf, [intermediate], NOW_MS + HOUR_MS - 1000)).toBe(true);
    expect(authority.trusts(leaf, [intermediate], NOW_MS + HOUR_MS + 1000)).toBe(false);
    expect(authority.trusts(leaf, [intermediate], NOW_MS - HOUR_MS)).toBe(false);
  });

  it("does not trust a leaf without its intermediate, or one of another authority", () => {
    const stranger = new X509Certificate(other.intermediatePem);
    expect(authority.trusts(leaf, [], NOW_MS)).toBe(false);
    expect(authority.trusts(leaf, [stranger], NOW_MS)).toBe(false);
    expect(other.trusts(leaf, [intermediate], NOW_MS)).toBe(false);
  });

  it("does not take a leaf for an intermediate", () => {
    expect(authority.trusts(leaf, [leaf], NOW_MS)).toBe(false);
  });
});
