import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { askServiceTime, coreServiceUrl } from "../../../nodectl/oci/service-clock.ts";

const DATE = "Wed, 25 Nov 2026 12:00:00 GMT";
const NOW_MS = Date.parse(DATE) + 700;

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

async function asked(listener: RequestListener) {
  server = createServer({ keepAlive: false }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const config = { region: "us-phoenix-1", endpoint };
  return await askServiceTime(config, () => NOW_MS, new AbortController().signal);
}

describe("askServiceTime()", () => {
  it("reads the clock from the refusal of an unsigned request", async () => {
    const time = await asked((request, response) => {
      expect(request.headers.authorization).toBeUndefined();
      response.writeHead(401, { date: DATE }).end("{}");
    });
    const sample = { serviceMs: Date.parse(DATE), beforeMs: NOW_MS, afterMs: NOW_MS };
    expect(time).toEqual({ kind: "answered", sample });
  });

  it("says that the answer has no date", async () => {
    const time = await asked((_, response) => {
      response.sendDate = false;
      response.writeHead(404).end();
    });
    expect(time).toEqual({ kind: "silent", reason: "its answer has no date" });
  });

  it("says why nobody answers", async () => {
    const time = await asked((request) => request.socket.destroy());
    expect(time).toMatchObject({ kind: "silent" });
  });
});

describe("coreServiceUrl()", () => {
  it("is the region's, in its realm, or the endpoint of the settings", () => {
    expect(coreServiceUrl({ region: "us-phoenix-1", endpoint: undefined })).toBe(
      "https://iaas.us-phoenix-1.oraclecloud.com",
    );
    expect(coreServiceUrl({ region: "us-langley-1", endpoint: undefined })).toBe(
      "https://iaas.us-langley-1.oraclegovcloud.com",
    );
    expect(coreServiceUrl({ region: "us-phoenix-1", endpoint: "http://10.0.0.1" })).toBe(
      "http://10.0.0.1",
    );
  });
});
