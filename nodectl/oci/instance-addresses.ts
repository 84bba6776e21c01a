import { ComputeClient, VirtualNetworkClient } from "oci-core";
import type { InstanceAddresses } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

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
    const { items } = await callOci("ListVnicAttachments", this.#retry, () =>
      this.#compute.listVnicAttachments({
        compartmentId: this.#compartmentOcid,
        instanceId: instanceOcid,
      }),
    );
    // Ours have one VNIC each; whatever was attached later is not the primary one.
    for (const { vnicId } of items) {
      if (vnicId === undefined) continue;
      const { vnic } = await callOci("GetVnic", this.#retry, () =>
        this.#network.getVnic({ vnicId }),
      );
      if (vnic.isPrimary === true) return vnic.privateIp;
    }
    return undefined;
  }
}
