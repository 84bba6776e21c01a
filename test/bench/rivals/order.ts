import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { ConfigFileAuthenticationDetailsProvider, type ClientConfiguration } from "oci-common";
import { ComputeClient, VirtualNetworkClient, type models } from "oci-core";
import type { Place } from "../world/api-process.ts";

/** What a rival is asked to do; it comes as a file. */
export interface Order extends Place {
  readonly clusterId: string;
  readonly shape: string;
  readonly nodeNames: readonly string[];
  readonly scontrol: string;
}

export async function readOrder(): Promise<Order> {
  const [, , file] = process.argv;
  if (file === undefined) throw new Error("which order? The file's name is the only argument");
  return JSON.parse(await readFile(file, "utf8")) as Order;
}

export interface Clients {
  readonly compute: ComputeClient;
  readonly network: VirtualNetworkClient;
}

export function createClients(order: Order, configuration: ClientConfiguration = {}): Clients {
  const parameters = {
    authenticationDetailsProvider: new ConfigFileAuthenticationDetailsProvider(order.ociConfig),
  };
  const compute = new ComputeClient(parameters, configuration);
  const network = new VirtualNetworkClient(parameters, configuration);
  compute.endpoint = order.url;
  network.endpoint = order.url;
  return { compute, network };
}

/** The same request as ours. */
export function launchDetails(order: Order, nodeName: string): models.LaunchInstanceDetails {
  return {
    compartmentId: order.compartmentOcid,
    availabilityDomain: order.availabilityDomains[0] ?? "",
    shape: order.shape,
    displayName: nodeName,
    sourceDetails: {
      sourceType: "image",
      imageId: order.imageOcid,
    },
    createVnicDetails: {
      subnetId: order.subnetOcid,
      assignPublicIp: false,
      hostnameLabel: nodeName,
    },
    freeformTags: { cluster: order.clusterId, type: "compute", node: nodeName },
  };
}

/** Both lists in the same order, as scontrol pairs them. */
export async function reportAddresses(
  { scontrol }: Order,
  addresses: ReadonlyMap<string, string>,
): Promise<void> {
  const names = [...addresses.keys()].join(",");
  await promisify(execFile)(scontrol, [
    "update",
    `nodename=${names}`,
    `nodeaddr=${[...addresses.values()].join(",")}`,
    `nodehostname=${names}`,
  ]);
}
