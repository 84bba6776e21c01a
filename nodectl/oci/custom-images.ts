import { ComputeClient, models } from "oci-core";
import type { ListedImage } from "../domain/sweep/listing.ts";
import { listAllPages } from "./pages.ts";
import { removeOnce } from "./remove-once.ts";
import type { RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

const GONE_STATES: ReadonlySet<string> = new Set([models.Image.LifecycleState.Deleted]);

/** The custom images of a compartment through the real SDK. */
export class OciCustomImages {
  readonly #compute: ComputeClient;
  readonly #compartmentOcid: string;
  readonly #retry: RetryPolicy;

  constructor(clients: ClientSettings, compartmentOcid: string, retry: RetryPolicy) {
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#compartmentOcid = compartmentOcid;
    this.#retry = retry;
  }

  /** ListImages names Oracle's own as well, which are in no compartment. Throws OciCallError. */
  async listImages(): Promise<readonly ListedImage[]> {
    const all = await listAllPages("ListImages", this.#retry, (page) =>
      this.#compute.listImages({ compartmentId: this.#compartmentOcid, ...page }),
    );
    return all
      .filter(({ compartmentId }) => compartmentId === this.#compartmentOcid)
      .map(({ id, displayName = "", lifecycleState, freeformTags }) => ({
        imageOcid: id,
        displayName,
        lifecycleState,
        tags: freeformTags ?? {},
      }));
  }

  /** What has gone counts as deleted. Instances that run from it run on. Throws what the SDK throws. */
  async deleteOnce(imageId: string): Promise<void> {
    await removeOnce({
      operation: "DeleteImage",
      remove: () => this.#compute.deleteImage({ imageId }),
      look: async () => (await this.#compute.getImage({ imageId })).image.lifecycleState,
      goneStates: GONE_STATES,
    });
  }
}
