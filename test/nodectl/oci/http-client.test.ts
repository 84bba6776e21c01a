import { createVerify, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { CallDeadlineError, OciHttpClient } from "../../../nodectl/oci/http-client.ts";
import { NotSentError } from "../../../nodectl/oci/paced-gate.ts";
import { RequestSigner } from "../../../nodectl/oci/request-signature.ts";
import { fixedIdentity } from "../../../nodectl/oci/signing-identity.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

const open: { close(): void }[] = [];
afterEach(() => {
  for (const item of open.splice(0)) item.close();
});

function createClient(
  callDeadlineMs = 5_000,
  deadline = new AbortController().signal,
): OciHttpClient {
  const signer = new RequestSigner(
    fixedIdentity({ keyId: "tenancy/user/fingerprint", privateKey }),
    () => NOW_MS,
  );
  const client = new OciHttpClient({
    signer,
    callDeadlineMs,
    connectionsMax: 2,
    monotonicMs: () => performance.now(),
    deadlines: { launch: deadline, terminate: deadline },
  });
  open.push(client);
  return client;
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(answer);
  open.push({
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("OciHttpClient", () => {
  it("signs so that the other side can verify with the public key", async () => {
    let seen: IncomingMessage | undefined;
    const url = await listen((request, response) => {
      seen = request;
      request.resume().on("end", () => response.end("{}"));
    });
    await createClient().send({
      method: "POST",
      uri: `${url}/20160918/instances?a=b`,
      headers: new Headers({ "content-type": "application/json" }),
      body: '{"shape":"x"}',
    });
    const headers = seen?.headers ?? {};
    const [, signature = ""] = /signature="([^"]+)"/.exec(headers.authorization ?? "") ?? [];
    const text = [
      "x-date: Fri, 02 Jan 2026 03:04:05 GMT",
      "(request-target): post /20160918/instances?a=b",
      `host: ${new URL(url).host}`,
      "content-type: application/json",
      "content-length: 13",
      `x-content-sha256: ${headers["x-content-sha256"] as string}`,
    ].join("\n");
    expect(createVerify("RSA-SHA256").update(text).verify(publicKey, signature, "base64")).toBe(
      true,
    );
    expect(headers.authorization).toContain('keyId="tenancy/user/fingerprint"');
  });

  it("gives an answer of any status back as it came, without repeating the request", async () => {
    let count = 0;
    const url = await listen((_request, response) => {
      count++;
      response.writeHead(429, { "opc-request-id": "r1", "retry-after": "7" });
      response.end('{"code":"TooManyRequests","message":"slow down"}');
    });
    const answer = await createClient().send({ method: "GET", uri: url, headers: new Headers() });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(await answer.json()).toEqual({ code: "TooManyRequests", message: "slow down" });
    expect(count).toBe(1);
  });

  it("gives text back as it came, wherever the network cuts it", async () => {
    const text = '{"displayName":"Größe 日本"}';
    const bytes = Buffer.from(text);
    const url = await listen((request, response) => {
      request.resume().on("end", () => {
        const middle = bytes.indexOf("ö") + 1;
        response.write(bytes.subarray(0, middle), () => response.end(bytes.subarray(middle)));
      });
    });
    const headers = new Headers();
    const answer = await createClient().send({ method: "GET", uri: url, headers });
    expect(await answer.text()).toBe(text);
  });

  it("gives up on a peer that accepts and never answers", async () => {
    const url = await listen(() => undefined);
    const answer = createClient(50).send({ method: "GET", uri: url, headers: new Headers() });
    await expect(answer).rejects.toThrow(CallDeadlineError);
  });

  it("gives up on a peer that stops in the middle of an answer", async () => {
    const url = await listen((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
    });
    const answer = createClient(50).send({ method: "GET", uri: url, headers: new Headers() });
    await expect(answer).rejects.toThrow(/no answer from 127\.0\.0\.1:\d+ within 0\.05 s/);
  });

  it("keeps the code of a failed connection", async () => {
    const answer = createClient().send({
      method: "GET",
      uri: "http://127.0.0.1:1/",
      headers: new Headers(),
    });
    await expect(answer).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("uses one connection for calls that follow each other", async () => {
    const ports = new Set<number | undefined>();
    const url = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("{}");
    });
    const client = createClient();
    for (let call = 0; call < 3; call++) {
      await client.send({ method: "GET", uri: url, headers: new Headers() });
    }
    expect(ports.size).toBe(1);
  });

  it("takes an answer without a body", async () => {
    const url = await listen((_request, response) => response.writeHead(204).end());
    const answer = await createClient().send({
      method: "DELETE",
      uri: url,
      headers: new Headers(),
    });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
  });

  it("heeds Retry-After for all requests of the class, and for no other class", async () => {
    const seen: (string | undefined)[] = [];
    const url = await listen(({ method }, response) => {
      seen.push(method);
      const isLaunch = method === "POST";
      response.writeHead(isLaunch ? 429 : 200, isLaunch ? { "retry-after": "60" } : {});
      response.end("{}");
    });
    const deadline = new AbortController();
    const client = createClient(5_000, deadline.signal);
    const send = (method: "POST" | "DELETE"): Promise<Response> =>
      client.send({ method, uri: url, headers: new Headers(), body: "{}" });
    expect((await send("POST")).status).toBe(429);
    const held = [send("POST"), send("POST")].map((sent) => sent.catch((error: unknown) => error));
    expect((await send("DELETE")).status).toBe(200);
    deadline.abort();
    for (const outcome of await Promise.all(held)) expect(outcome).toBeInstanceOf(NotSentError);
    expect(seen).toEqual(["POST", "DELETE"]);
  });

  it("sends no launch after the deadline, but still reads", async () => {
    const seen: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      seen.push(request.method);
      request.resume().on("end", () => response.end("{}"));
    });
    const client = createClient(5_000, AbortSignal.abort());
    const launch = client.send({ method: "POST", uri: url, headers: new Headers(), body: "{}" });
    await expect(launch).rejects.toThrow(NotSentError);
    await client.send({ method: "GET", uri: url, headers: new Headers() });
    expect(seen).toEqual(["GET"]);
  });
});
