import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Patience } from "../../../nodectl/oci/ask-patiently.ts";
import { readInstanceCertificate } from "../../../nodectl/oci/instance-certificate.ts";
import { requestToken, type SecurityToken } from "../../../nodectl/oci/security-token.ts";
import { CertificateAuthority } from "../../sandbox/api/certificate-authority.ts";
import { usePrincipalWorlds, TOKEN_LIFE_MS, type PrincipalWorld } from "./principal-world.ts";

const createWorld = usePrincipalWorlds();
const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { signal } = new AbortController();

const QUICK: Patience = {
  attemptMs: 5_000,
  retriesMax: 3,
  delayMsMin: 1,
  delayMsMax: 2,
  isPassing: (status) => status === 429 || status >= 500,
};

/** For the instance of the world, whose clock is off by so much. */
async function ask(world: PrincipalWorld, skewMs = 0): Promise<SecurityToken> {
  const url = `${world.api.url}/v1/x509`;
  const identity = await readInstanceCertificate(world.metadata.url, signal);
  const now = (): number => world.clock.now() + skewMs;
  return requestToken({ url, identity, publicKey, now, signal, patience: QUICK });
}

describe("a token request", () => {
  it("gets a token and knows when it ends", async () => {
    const world = await createWorld();
    const { token, expiresAtMs } = await ask(world);
    expect(token.split(".")).toHaveLength(3);
    expect(Math.abs(expiresAtMs - world.clock.now() - TOKEN_LIFE_MS)).toBeLessThan(1000);
  });

  it.each([429, 500, 503])("is repeated after %i", async (status) => {
    const world = await createWorld();
    const answer = { kind: "error", status, code: "x", message: "later" } as const;
    world.api.faults.add({ operation: "GetSecurityToken", times: 3, answer });
    await ask(world);
    expect(world.count("GetSecurityToken")).toBe(4);
  });

  it("is repeated a bounded number of times", async () => {
    const world = await createWorld();
    world.api.faults.add({ operation: "GetSecurityToken", answer: { kind: "reset-before" } });
    await expect(ask(world)).rejects.toThrow(/federation service .* does not answer \(.+\)/);
    expect(world.count("GetSecurityToken")).toBe(4);
  });

  it("is not repeated when it is refused, and says who said what", async () => {
    const world = await createWorld();
    const answer = { kind: "error", status: 403, code: "Forbidden", message: "no such" } as const;
    world.api.faults.add({ operation: "GetSecurityToken", answer });
    await expect(ask(world)).rejects.toThrow(
      /^no credentials: OCI's federation service \(http:.*\) refuses .*: 403 Forbidden: no such \[opc-request-id /,
    );
    expect(world.count("GetSecurityToken")).toBe(1);
  });

  it("is refused when another authority certified the instance", async () => {
    const world = await createWorld();
    const identity = await readInstanceCertificate(world.metadata.url, signal);
    const other = await CertificateAuthority.create("us-phoenix-1", world.clock.now());
    const attributes = identity.certificate.subject.split("\n").map((line) => {
      const [name, ...value] = line.split("=");
      return [name === "CN" ? "CN" : "OU", value.join("=")] as const;
    });
    const forged = await other.issue(attributes, world.clock.now(), TOKEN_LIFE_MS);
    const asking = requestToken({
      url: `${world.api.url}/v1/x509`,
      identity: {
        tenancyOcid: identity.tenancyOcid,
        certificate: new X509Certificate(forged.certificatePem),
        privateKey: createPrivateKey(forged.privateKeyPem),
        intermediate: new X509Certificate(other.intermediatePem),
      },
      ...{ publicKey, signal, now: () => world.clock.now() },
    });
    await expect(asking).rejects.toThrow(/401 NotAuthenticated/);
  });

  it.each([
    [10, "10 minutes ahead of"],
    [-7, "7 minutes behind"],
  ])(
    "begins with the clock when that is why it was refused: %i minutes",
    async (minutes, words) => {
      const world = await createWorld();
      await expect(ask(world, minutes * 60_000)).rejects.toThrow(
        new RegExp(`^no credentials: this computer's clock is ${words} OCI's, set it`),
      );
    },
  );

  it.each(["<html>a proxy</html>", "{}", '{"token":"no.token.at all"}', "[]"])(
    "refuses an answer without a token: %s",
    async (body) => {
      const world = await createWorld();
      world.api.faults.add({
        operation: "GetSecurityToken",
        answer: { kind: "raw", status: 200, contentType: "text/plain", body },
      });
      await expect(ask(world)).rejects.toThrow(/refuses .*: 200 without a token/);
    },
  );
});
