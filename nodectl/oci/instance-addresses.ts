import { ComputeClient, models, VirtualNetworkClient } from "oci-core";
import { listAllPages } from "./pages.ts";
import type { InstanceAddresses } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";
import { unless404 } from "./unless-404.ts";

/** Addresses of single instances: where several carry one node's name, its label does not tell whose address it is. */
export class OciInstanceAddresses implements InstanceAddresses {
  readonly #compute: ComputeClient;
  readonly #network: VirtualNetworkClient;
  readonly #compartmentOcid: string;
  readonly #retry: RetryPolicy;

  constructor(clients: ClientSettings, compartmentOcid: string, retry: RetryPolicy) {
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#network = createSdkClient(VirtualNetworkClient, clients);
    this.#compartmentOcid = compartmentOcid;
    this.#retry = retry;
  }

  async addressOf(instanceOcid: string): Promise<string | undefined> {
    // Ours have one VNIC each; whatever was attached later is not the primary one.
    for (const { vnicId, lifecycleState } of await this.#attachmentsOf(instanceOcid)) {
      // The API reference: vnicId is there once the attachment is done; until then it is null or absent.
      if (lifecycleState !== models.VnicAttachment.LifecycleState.Attached || !vnicId) continue;
      const vnic = await this.#findVnic(vnicId);
      if (vnic?.isPrimary === true) return vnic.privateIp;
    }
    return undefined;
  }

  #attachmentsOf(instanceOcid: string): Promise<readonly models.VnicAttachment[]> {
    return listAllPages("ListVnicAttachments", this.#retry, (page) =>
      this.#compute.listVnicAttachments({
        compartmentId: this.#compartmentOcid,
        instanceId: instanceOcid,
        ...page,
      }),
    );
  }

  /** Undefined when it has gone with its instance since it was listed. */
  async #findVnic(vnicId: string): Promise<models.Vnic | undefined> {
    const answer = await unless404(
      callOci("GetVnic", this.#retry, () => this.#network.getVnic({ vnicId })),
    );
    return answer?.vnic;
  }
}
