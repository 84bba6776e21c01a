import { VirtualNetworkClient, type models } from "oci-core";
import { addressCount } from "../domain/subnet-size.ts";
import { listAllPages } from "./pages.ts";
import type { SubnetInquiry, SubnetUse } from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";
import { unless404 } from "./unless-404.ts";

/** The cluster's subnet through the real SDK. */
export class OciSubnet implements SubnetInquiry {
  readonly #network: VirtualNetworkClient;
  readonly #subnetOcid: string;
  readonly #retry: RetryPolicy;

  constructor(clients: ClientSettings, subnetOcid: string, retry: RetryPolicy) {
    this.#network = createSdkClient(VirtualNetworkClient, clients);
    this.#subnetOcid = subnetOcid;
    this.#retry = retry;
  }

  async lookAtSubnet(): Promise<SubnetUse | undefined> {
    const subnet = await this.#findSubnet();
    if (subnet === undefined) return undefined;
    const { cidrBlock: cidr = "", dnsLabel, lifecycleState } = subnet;
    return {
      cidr,
      // Null when it has none.
      ...(dnsLabel && { dnsLabel }),
      lifecycleState,
      addressesUsed: await this.#countAddresses(),
      addressesMax: addressCount(cidr),
    };
  }

  async #findSubnet(): Promise<models.Subnet | undefined> {
    const answer = await unless404(
      callOci("GetSubnet", this.#retry, () =>
        this.#network.getSubnet({ subnetId: this.#subnetOcid }),
      ),
    );
    return answer?.subnet;
  }

  async #countAddresses(): Promise<number> {
    const all = await listAllPages("ListPrivateIps", this.#retry, (page) =>
      this.#network.listPrivateIps({ subnetId: this.#subnetOcid, ...page }),
    );
    return all.length;
  }
}
