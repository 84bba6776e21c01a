import { Resolver } from "node:dns/promises";
import { afterEach, expect, test } from "vitest";
import { startNameServer, type NameServer } from "./name-server.ts";
import { silentLog } from "../../nodectl/commands/silent-log.ts";

let server: NameServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function resolver(names: Readonly<Record<string, string>>): Promise<Resolver> {
  const lookUp = (name: string): string | undefined => names[name];
  server = await startNameServer({ host: "127.0.0.1", port: 0, lookUp, log: silentLog });
  const client = new Resolver({ tries: 1 });
  client.setServers([`127.0.0.1:${server.port}`]);
  return client;
}

test("a name has its address, which is an IPv4 address alone", async () => {
  const client = await resolver({ "mgmt.clustera.sandbox.oraclevcn.com": "10.0.0.2" });
  expect(await client.resolve4("mgmt.clustera.sandbox.oraclevcn.com")).toEqual(["10.0.0.2"]);
  await expect(client.resolve6("mgmt.clustera.sandbox.oraclevcn.com")).rejects.toMatchObject({
    code: "ENODATA",
  });
});

test("a name that nobody has does not exist, which is said at once", async () => {
  const client = await resolver({});
  await expect(client.resolve4("deb.debian.org")).rejects.toMatchObject({ code: "ENOTFOUND" });
});
