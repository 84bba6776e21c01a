import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, afterEach, describe, expect, it } from "vitest";
import type { Patience } from "../../../nodectl/oci/ask-patiently.ts";
import { readInstanceCertificate } from "../../../nodectl/oci/instance-certificate.ts";
import { OciAuthError } from "../../../nodectl/oci/oci-auth-error.ts";
import {
  CertificateAuthority,
  type CertifiedKey,
} from "../../sandbox/api/certificate-authority.ts";
import { usePrincipalWorlds } from "./principal-world.ts";

const createWorld = usePrincipalWorlds();

const QUICK: Patience = {
  attemptMs: 2_000,
  retriesMax: 3,
  delayMsMin: 1,
  delayMsMax: 2,
  isPassing: (status) => status === 404 || status === 429 || status >= 500,
};

function read(url: string, patience: Patience = QUICK) {
  return readInstanceCertificate(url, new AbortController().signal, patience);
}

describe("readInstanceCertificate() from the metadata service", () => {
  it("finds certificate, key and tenancy", async () => {
    const { metadata } = await createWorld();
    const found = await read(metadata.url);
    expect(found.tenancyOcid).toMatch(/^ocid1\.tenancy\.oc1\.\.\w+$/);
    expect(found.certificate.checkPrivateKey(found.privateKey)).toBe(true);
    expect(found.certificate.verify(found.intermediate.publicKey)).toBe(true);
  });

  it.each([404, 429, 500, 503])(
    "asks again after %i, as an instance that has just booted",
    async (status) => {
      const { metadata, api, count } = await createWorld();
      const answer = { kind: "error", status, code: "x", message: "later" } as const;
      api.faults.add({ operation: "GetMetadata", times: 3, answer });
      await read(metadata.url);
      expect(count("GetMetadata")).toBe(6);
    },
  );

  it("asks again after a connection that breaks, and after silence", async () => {
    const { metadata, api, count } = await createWorld();
    api.faults.add({ operation: "GetMetadata", times: 1, answer: { kind: "reset-before" } });
    api.faults.add({ operation: "GetMetadata", times: 1, answer: { kind: "hang" } });
    await read(metadata.url, { ...QUICK, attemptMs: 300 });
    expect(count("GetMetadata")).toBe(5);
  });

  it("gives up after its attempts, and says what to do elsewhere", async () => {
    const { metadata, api, count } = await createWorld();
    api.faults.add({ operation: "GetMetadata", answer: { kind: "hang" } });
    const reading = read(metadata.url, { ...QUICK, attemptMs: 30, retriesMax: 1 });
    await expect(reading).rejects.toThrow(OciAuthError);
    await expect(reading).rejects.toThrow(
      /metadata service \(http:\/\/127.*does not answer \(no answer within 0\.03 s\).*auth: config_file/,
    );
    expect(count("GetMetadata")).toBeLessThanOrEqual(6);
  });

  it("names a status that stays", async () => {
    const { metadata, api } = await createWorld();
    const answer = { kind: "error", status: 403, code: "x", message: "no" } as const;
    api.faults.add({ operation: "GetMetadata", answer });
    await expect(read(metadata.url)).rejects.toThrow(/answers 403 to \/opc\/v2\/identity\//);
  });

  it("says that nobody is there", async () => {
    const { metadata } = await createWorld();
    await metadata.close();
    await expect(read(metadata.url)).rejects.toThrow(/does not answer \(.*ECONNREFUSED/);
  });
});

describe("readInstanceCertificate() from what is no metadata service, or one that changes", () => {
  const open: { close(): void }[] = [];
  let keys: readonly CertifiedKey[];
  let intermediatePem: string;
  beforeAll(async () => {
    const authority = await CertificateAuthority.create("us-phoenix-1", Date.now());
    const issue = () => authority.issue([["OU", "opc-tenant:t"]], Date.now(), 3_600_000);
    keys = await Promise.all([issue(), issue()]);
    intermediatePem = authority.intermediatePem;
  });
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  /** A certificate and a key, by how often each was asked for. */
  const serve = async (
    certificateOf: (count: number) => string | undefined,
    keyOf: (count: number) => string | undefined,
  ): Promise<string> => {
    const counts = { cert: 0, key: 0 };
    const server = createServer((request, response) => {
      if (request.url?.endsWith("cert.pem") === true) response.end(certificateOf(counts.cert++));
      else if (request.url?.endsWith("key.pem") === true) response.end(keyOf(counts.key++));
      else response.end(intermediatePem);
    });
    open.push({
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it("reads again when the certificate was renewed between certificate and key", async () => {
    const url = await serve(
      (count) => keys[Math.min(count, 1)]?.certificatePem,
      () => keys[1]?.privateKeyPem,
    );
    const found = await read(url);
    expect(found.certificate.toString()).toBe(keys[1]?.certificatePem);
  });

  it("gives up when they never belong together", async () => {
    const url = await serve(
      () => keys[0]?.certificatePem,
      () => keys[1]?.privateKeyPem,
    );
    await expect(read(url)).rejects.toThrow(/do not belong together/);
  });

  it.each([
    ["a page of somebody's", "<html>log in</html>"],
    ["nothing", ""],
    ["more than any certificate", "x".repeat(300_000)],
  ])("refuses %s with a message", async (_what, text) => {
    const url = await serve(
      () => text,
      () => keys[0]?.privateKeyPem,
    );
    await expect(read(url)).rejects.toThrow(/^no credentials: /);
  });
});
