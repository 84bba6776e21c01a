import { OciError, InstancePrincipalsAuthenticationDetailsProviderBuilder } from "oci-common";
import { ComputeClient } from "oci-core";
import { IdentityClient } from "oci-identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import type { ApiServer } from "./api-server.ts";
import { describeInstance, type CloudInstance } from "./cloud-event.ts";
import { Federation } from "./federation.ts";
import { addManagementInstance } from "./management-instance.ts";
import { startPrincipalServers, type PrincipalServers } from "./principal-servers.ts";
import type { RateLimits } from "./rate-limit.ts";
import { nodeBody, refusalOf, testCloud } from "./test-bench.ts";
import { checkLaunch } from "./check-launch.ts";

/** The SDK's own instance principals, unchanged: what they accept is what OCI speaks. */
describe("instance principals of the SDK", () => {
  const { cloud } = testCloud();
  const { region } = cloud;
  const [subnet] = region.subnets;
  if (subnet === undefined) throw new Error("the region has no subnet");
  const management = addManagementInstance(cloud, subnet, "clustera");
  const compute = describeInstance(cloud.launch(checkLaunch(nodeBody(region, "node-1"), region)));
  let caller: CloudInstance = management;
  let federation: Federation;
  let servers: PrincipalServers;
  let api: ApiServer;
  const clients: ComputeClient[] = [];

  beforeAll(async () => {
    federation = await Federation.start({
      region,
      clock: systemClock,
      isInDynamicGroup: (ocid) => ocid === management.instanceOcid,
    });
    const options = { cloud, clock: systemClock, federation };
    servers = await startPrincipalServers({ ...options, caller: () => caller });
    api = servers.api;
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await servers.close();
  });

  const provide = async () => {
    const builder = new InstancePrincipalsAuthenticationDetailsProviderBuilder();
    builder.metadataBaseUrl = `${servers.metadata.url}/opc/v2/`;
    builder.federationEndpoint = api.url;
    return await builder.build();
  };
  const connect = async (): Promise<ComputeClient> => {
    const client = new ComputeClient({ authenticationDetailsProvider: await provide() });
    client.endpoint = api.url;
    clients.push(client);
    return client;
  };
  const list = (client: ComputeClient) =>
    client.listInstances({ compartmentId: subnet.compartmentOcid });

  const limit = async (limits: RateLimits): Promise<void> => {
    const answer = await fetch(`${api.url}/control/rate-limits`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(limits),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  };

  it("list instances as the instance that they run on", async () => {
    caller = management;
    const { items } = await list(await connect());
    expect(items.map(({ id }) => id)).toContain(management.instanceOcid);
    const asked = api.calls.since(0).map(({ operation, status }) => `${operation} ${status ?? ""}`);
    expect(asked).toContain("GetSecurityToken 200");
  });

  it("are told 404 when no dynamic group has the instance", async () => {
    caller = compute;
    expect(await refusalOf(list(await connect()))).toMatchObject({
      status: 404,
      code: "NotAuthorizedOrNotFound",
    });
  });

  it("may list the availability domains without any dynamic group", async () => {
    caller = compute;
    const client = new IdentityClient({ authenticationDetailsProvider: await provide() });
    client.endpoint = api.url;
    const { items } = await client.listAvailabilityDomains({ compartmentId: region.tenancyOcid });
    expect(items.map(({ name }) => name)).toEqual(region.availabilityDomains);
  });

  it("are counted by no rate limit while they ask for a token", async () => {
    caller = management;
    await limit({ all: { kind: "fixed-window", count: 1, windowMs: 1_000_000 } });
    expect((await list(await connect())).items).not.toEqual([]);
    await limit({});
  });

  it("are told 401 once their token has expired", async () => {
    caller = management;
    const client = await connect();
    await list(client);
    federation.revokeTokens();
    const refused: unknown = await list(client).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OciError);
    expect(refused).toMatchObject({ statusCode: 401, serviceCode: "NotAuthenticated" });
  });
});
