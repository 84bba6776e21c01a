import { OciError, Region, SimpleAuthenticationDetailsProvider } from "oci-common";
import {
  BlockstorageClient,
  ComputeClient,
  VirtualNetworkClient,
  type models,
  type responses,
} from "oci-core";
import { IdentityClient } from "oci-identity";
import { LimitsClient } from "oci-limits";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { startApiServer, type ApiServer, type ApiServerOptions } from "./api-server.ts";
import type { CloudSettings } from "./cloud-settings.ts";
import { Cloud } from "./cloud.ts";
import { ManualClock } from "./manual-clock.ts";
import { createRegion, type RegionDescription, type RegionOptions } from "./region.ts";
import { CREDENTIALS, signCall, type RawCall } from "./signed-call.ts";

/** A region that knows the key. */
export function testRegion(options: RegionOptions = {}): RegionDescription {
  return createRegion({ apiKeys: [CREDENTIALS], ...options });
}

/** A cloud on a clock that the test moves. */
export function testCloud(
  settings: Partial<CloudSettings> = {},
  region: RegionDescription = testRegion(),
): { cloud: Cloud; clock: ManualClock } {
  const clock = new ManualClock();
  return { cloud: new Cloud({ region, clock, settings }), clock };
}

type Body = Readonly<Record<string, unknown>>;

/** A LaunchInstance body that is good; the changes replace fields, undefined removes one. */
export function launchBody(region: RegionDescription, changes: Body = {}): Body {
  const body: Record<string, unknown> = {
    compartmentId: region.compartments[0]?.ocid,
    availabilityDomain: region.availabilityDomains[0],
    shape: "VM.Standard.E4.Flex",
    shapeConfig: { ocpus: 2, memoryInGBs: 16 },
    displayName: "node-1",
    sourceDetails: { sourceType: "image", imageId: region.images[0]?.ocid },
    createVnicDetails: {
      subnetId: region.subnets[0]?.ocid,
      assignPublicIp: false,
      hostnameLabel: "node-1",
    },
    ...changes,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** The same as a node that is called so. */
export function nodeBody(region: RegionDescription, name: string, changes: Body = {}): Body {
  const createVnicDetails = { subnetId: region.subnets[0]?.ocid, hostnameLabel: name };
  return launchBody(region, { displayName: name, createVnicDetails, ...changes });
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; undefined for an empty body. */
  readonly body: unknown;
}

/** A running server with the ways to call it. */
export interface TestBench {
  readonly cloud: Cloud;
  readonly clock: ManualClock;
  readonly region: RegionDescription;
  /** The region's first compartment, which holds everything, and the first cluster's subnet. */
  readonly compartmentId: string;
  readonly subnetId: string;
  readonly server: ApiServer;
  readonly compute: ComputeClient;
  readonly network: VirtualNetworkClient;
  readonly identity: IdentityClient;
  readonly storage: BlockstorageClient;
  readonly limits: LimitsClient;
  /** Through the SDK. */
  launch(
    name: string,
    opcRetryToken?: string,
    changes?: Body,
  ): Promise<responses.LaunchInstanceResponse>;
  /** Signed by hand, not by the SDK. */
  call(call: RawCall): Promise<RawAnswer>;
  /** The control API, unsigned. */
  control(method: string, path: string, body?: unknown): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** Serves a cloud whose clock the test moves; signatures and rate limits go by the wall clock. */
export async function startTestBench(
  settings: Partial<CloudSettings> = {},
  serverOptions: Partial<ApiServerOptions> = {},
): Promise<TestBench> {
  const { cloud, clock } = testCloud(settings);
  const server = await startApiServer({ cloud, clock: systemClock, ...serverOptions });
  const provider = new SimpleAuthenticationDetailsProvider(
    CREDENTIALS.tenancyOcid,
    CREDENTIALS.userOcid,
    CREDENTIALS.fingerprint,
    CREDENTIALS.privateKeyPem,
    null,
    Region.US_PHOENIX_1,
  );
  const parameters = { authenticationDetailsProvider: provider };
  const compute = new ComputeClient(parameters);
  const network = new VirtualNetworkClient(parameters);
  const identity = new IdentityClient(parameters);
  const storage = new BlockstorageClient(parameters);
  const limits = new LimitsClient(parameters);
  const clients = [compute, network, identity, storage, limits];
  for (const client of clients) client.endpoint = server.url;
  return {
    ...{ cloud, clock, region: cloud.region, server },
    ...{ compute, network, identity, storage, limits },
    compartmentId: cloud.region.compartments[0]?.ocid ?? "",
    subnetId: cloud.region.subnets[0]?.ocid ?? "",
    launch: (name, opcRetryToken, changes = {}) => {
      // The server checks the body, which is the point: the tests send bad ones, too.
      const details: unknown = nodeBody(cloud.region, name, changes);
      return compute.launchInstance({
        launchInstanceDetails: details as models.LaunchInstanceDetails,
        ...(opcRetryToken === undefined ? {} : { opcRetryToken }),
      });
    },
    call: (call) => sendSigned(server.url, call),
    control: (method, path, body) => sendControl(server.url, method, path, body),
    close: async () => {
      for (const client of clients) client.close();
      await server.close();
    },
  };
}

async function sendSigned(url: string, call: RawCall): Promise<RawAnswer> {
  const signed = signCall(url, call);
  const { method, headers, body, url: target } = call.tamper?.(signed) ?? signed;
  return readAnswer(
    await fetch(target, { method, headers, ...(body === undefined ? {} : { body }) }),
  );
}

async function sendControl(
  url: string,
  method: string,
  path: string,
  body: unknown,
): Promise<RawAnswer> {
  const init =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  return readAnswer(await fetch(`${url}${path}`, init));
}

async function readAnswer(response: Response): Promise<RawAnswer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  const body: unknown = isJson ? JSON.parse(text) : text === "" ? undefined : text;
  return { status: response.status, headers: response.headers, body };
}

/** What the SDK makes of a refused call. Fails when the call is accepted or breaks in another way. */
export async function refusalOf(
  attempt: Promise<unknown>,
): Promise<{ status: number; code: string; message: string }> {
  const error = await attempt.then(
    () => new Error("the call was accepted"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OciError)) throw error;
  return { status: error.statusCode, code: error.serviceCode, message: error.message };
}
