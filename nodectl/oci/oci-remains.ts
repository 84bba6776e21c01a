import { ComputeClient, type models } from "oci-core";
import { isComputeOf, isOfCluster, TAG } from "../domain/cluster-tags.ts";
import type { CompartmentListing, ListedInstance } from "../domain/sweep/listing.ts";
import type { Remainder } from "../domain/sweep/remains.ts";
import { OciBootVolumes } from "./boot-volumes.ts";
import { OciCustomImages } from "./custom-images.ts";
import { OciCallError } from "./oci-errors.ts";
import { listAllPages } from "./pages.ts";
import type { RemainsControl, RemoveOutcome } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";
import { terminateOnce } from "./terminate-once.ts";

export interface OciRemainsOptions {
  readonly clients: ClientSettings;
  readonly compartmentOcid: string;
  readonly clusterId: string;
  readonly retry: RetryPolicy;
}

/** What is left of one cluster, through the real SDK. */
export class OciRemains implements RemainsControl {
  readonly #compute: ComputeClient;
  readonly #volumes: OciBootVolumes;
  readonly #images: OciCustomImages;
  readonly #options: OciRemainsOptions;

  constructor(options: OciRemainsOptions) {
    const { clients, compartmentOcid, retry } = options;
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#volumes = new OciBootVolumes(clients, compartmentOcid, retry);
    this.#images = new OciCustomImages(clients, compartmentOcid, retry);
    this.#options = options;
  }

  async listCompartment(): Promise<CompartmentListing> {
    // Volumes before instances: what is launched in between is in the second list only, and takes no volume for a left one.
    const bootVolumes = await this.#volumes.listBootVolumes();
    const instances = await this.#listInstances();
    return { instances, bootVolumes, images: await this.#images.listImages() };
  }

  async remove(item: Remainder): Promise<RemoveOutcome> {
    const { operation, isOurs, send } = this.#removalOf(item);
    if (!isOurs) throw new Error(`${item.ocid} does not carry the tags of this cluster`);
    try {
      await callOci(operation, this.#options.retry, send);
      return { kind: "removed" };
    } catch (error) {
      if (error instanceof OciCallError) return { kind: "refused", failure: error.failure };
      throw error;
    }
  }

  #removalOf({ kind, ocid, tags }: Remainder): {
    readonly operation: string;
    readonly isOurs: boolean;
    readonly send: () => Promise<void>;
  } {
    const { clusterId } = this.#options;
    switch (kind) {
      case "instance":
        return {
          operation: "TerminateInstance",
          isOurs: isComputeOf(tags, clusterId),
          send: () => terminateOnce(this.#compute, ocid),
        };
      // It may have no tags: domain/sweep/volume-owner.ts tells by what it is ours.
      case "boot-volume":
        return {
          operation: "DeleteBootVolume",
          isOurs: tags[TAG.cluster] === undefined || isOfCluster(tags, clusterId),
          send: () => this.#volumes.deleteOnce(ocid),
        };
      case "image":
        return {
          operation: "DeleteImage",
          isOurs: isOfCluster(tags, clusterId),
          send: () => this.#images.deleteOnce(ocid),
        };
    }
  }

  async #listInstances(): Promise<readonly ListedInstance[]> {
    const { compartmentOcid, retry } = this.#options;
    // Page by page, because user data makes a record as long as 32 kB.
    return listAllPages("ListInstances", retry, async (page) => {
      const request = { compartmentId: compartmentOcid, ...page };
      const { items, opcNextPage } = await this.#compute.listInstances(request);
      return { items: items.map(toListedInstance), opcNextPage };
    });
  }
}

function toListedInstance(item: models.Instance): ListedInstance {
  return {
    instanceOcid: item.id,
    displayName: item.displayName ?? "",
    lifecycleState: item.lifecycleState,
    availabilityDomain: item.availabilityDomain,
    ...(item.imageId && { imageOcid: item.imageId }),
    // The SDK declares a Date and delivers ISO text: both are taken.
    timeCreatedMs: new Date(item.timeCreated).getTime(),
    tags: item.freeformTags ?? {},
  };
}
