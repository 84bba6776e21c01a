import { OciError, InstancePrincipalsAuthenticationDetailsProviderBuilder } from "oci-common";
import { ComputeClient } from "oci-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { startApiServer, type ApiServer } from "./api-server.ts";
import { describeInstance, type CloudInstance } from "./cloud-event.ts";
import { Federation } from "./federation.ts";
import { addManagementInstance } from "./management-instance.ts";
import { startMetadataServer, type MetadataServer } from "./metadata-server.ts";
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
  let api: ApiServer;
  let metadata: MetadataServer;
  const clients: ComputeClient[] = [];

  beforeAll(async () => {
    federation = await Federation.start({
      region,
      clock: systemClock,
      isInDynamicGroup: (ocid) => ocid === management.instanceOcid,
    });
    api = await startApiServer({ cloud, clock: systemClock, federation });
    metadata = await startMetadataServer({
      region,
      identities: federation.identities,
      instanceAt: () => caller,
      clock: systemClock,
      faults: api.faults,
      calls: api.calls,
    });
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await metadata.close();
    await api.close();
  });

  const connect = async (): Promise<ComputeClient> => {
    const builder = new InstancePrincipalsAuthenticationDetailsProviderBuilder();
    builder.metadataBaseUrl = `${metadata.url}/opc/v2/`;
    builder.federationEndpoint = api.url;
    const client = new ComputeClient({ authenticationDetailsProvider: await builder.build() });
    client.endpoint = api.url;
    clients.push(client);
    return client;
  };
  const list = (client: ComputeClient) =>
    client.listInstances({ compartmentId: subnet.compartmentOcid });

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
