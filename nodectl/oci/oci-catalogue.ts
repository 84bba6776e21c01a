import { ComputeClient, type models, type requests } from "oci-core";
import { IdentityClient } from "oci-identity";
import type { Shape } from "../domain/shape.ts";
import { listAllPages } from "./pages.ts";
import type { ShapeCatalogue } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";
import { unless404 } from "./unless-404.ts";

export interface OciCatalogueOptions {
  readonly clients: ClientSettings;
  readonly compartmentOcid: string;
  readonly retry: RetryPolicy;
}

/** What the region offers, through the real SDK. Only finish and citc ask, so only their bundles carry the identity client. */
export class OciCatalogue implements ShapeCatalogue {
  readonly #compute: ComputeClient;
  readonly #identity: IdentityClient;
  readonly #options: OciCatalogueOptions;

  constructor(options: OciCatalogueOptions) {
    this.#compute = createSdkClient(ComputeClient, options.clients);
    this.#identity = createSdkClient(IdentityClient, options.clients);
    this.#options = options;
  }

  async listAvailabilityDomains(): Promise<readonly string[]> {
    const { compartmentOcid, retry } = this.#options;
    const answer = await callOci("ListAvailabilityDomains", retry, () =>
      this.#identity.listAvailabilityDomains({ compartmentId: compartmentOcid }),
    );
    return answer.items.flatMap(({ name }) => (name === undefined ? [] : [name])).sort();
  }

  async listShapes(availabilityDomain: string): Promise<readonly Shape[]> {
    return (await this.#list({ availabilityDomain })).map(toShape);
  }

  async listShapesOfImage(
    availabilityDomain: string,
    imageOcid: string,
  ): Promise<readonly string[] | undefined> {
    const all = await unless404(this.#list({ availabilityDomain, imageId: imageOcid }));
    return all?.map(({ shape }) => shape);
  }

  async #list(
    filter: Pick<requests.ListShapesRequest, "availabilityDomain" | "imageId">,
  ): Promise<readonly models.Shape[]> {
    const { compartmentOcid, retry } = this.#options;
    return listAllPages("ListShapes", retry, (page) =>
      this.#compute.listShapes({
        compartmentId: compartmentOcid,
        ...filter,
        ...page,
      }),
    );
  }
}

function toShape(item: models.Shape): Shape {
  const { gpuDescription, processorDescription, quotaNames } = item;
  const flexible = toFlexible(item);
  return {
    name: item.shape,
    ocpus: item.ocpus ?? 0,
    memoryGib: item.memoryInGBs ?? 0,
    gpus: item.gpus ?? 0,
    ...(flexible !== undefined && { flexible }),
    ...(gpuDescription !== undefined && { gpuDescription }),
    ...(processorDescription !== undefined && { processorDescription }),
    ...(quotaNames !== undefined && { quotaNames }),
  };
}

/** A bound that OCI does not name does not bind. */
function toFlexible({ isFlexible, ocpuOptions, memoryOptions }: models.Shape): Shape["flexible"] {
  if (isFlexible !== true) return undefined;
  return {
    ocpusMin: ocpuOptions?.min ?? 1,
    ocpusMax: ocpuOptions?.max ?? Infinity,
    memoryGibMin: memoryOptions?.minInGBs ?? 1,
    memoryGibMax: memoryOptions?.maxInGBs ?? Infinity,
    memoryGibPerOcpuMin: memoryOptions?.minPerOcpuInGBs ?? 0,
    memoryGibPerOcpuMax: memoryOptions?.maxPerOcpuInGBs ?? Infinity,
  };
}
