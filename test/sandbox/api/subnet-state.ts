import { AddressPool } from "./address-pool.ts";
import { ApiError, invalidParameter } from "./api-error.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { LaunchOrder } from "./launch-order.ts";
import type { SubnetDescription } from "./region.ts";

/** What is taken in one subnet: addresses, and host name labels, which are unique in it. */
export class SubnetState {
  readonly description: SubnetDescription;
  readonly pool: AddressPool;
  private readonly byAddress = new Map<string, InstanceRecord>();
  /** Lower case, because host names are. */
  private readonly labels = new Map<string, string>();

  constructor(description: SubnetDescription) {
    this.description = description;
    this.pool = new AddressPool(description.cidr);
  }

  /** The instances that hold an address here, in the order of launch. */
  get residents(): Iterable<InstanceRecord> {
    return this.byAddress.values();
  }

  residentAt(ipAddress: string): InstanceRecord | undefined {
    return this.byAddress.get(ipAddress);
  }

  isLabelTaken(label: string): boolean {
    return this.labels.has(label.toLowerCase());
  }

  takeAddress(order: LaunchOrder): string {
    if (order.privateIp === undefined) return this.pool.take() ?? this.refuseFull();
    switch (this.pool.takeThis(order.privateIp)) {
      case "taken":
        return order.privateIp;
      case "outside":
        throw invalidParameter(
          `privateIp ${order.privateIp} is not in subnet ${this.description.cidr}`,
        );
      case "used":
        throw new ApiError(409, "Conflict", `IP address ${order.privateIp} is already in use`);
    }
  }

  moveIn(record: InstanceRecord, label: string | undefined): void {
    this.byAddress.set(record.vnic.ipAddress, record);
    if (label !== undefined) this.labels.set(label.toLowerCase(), record.instanceOcid);
  }

  /** Frees the address, and the label when it is this instance's. */
  moveOut(record: InstanceRecord): void {
    this.byAddress.delete(record.vnic.ipAddress);
    this.pool.release(record.vnic.ipAddress);
    const label = record.order.hostnameLabel?.toLowerCase();
    if (label !== undefined && this.labels.get(label) === record.instanceOcid) {
      this.labels.delete(label);
    }
  }

  private refuseFull(): never {
    throw new ApiError(
      400,
      "LimitExceeded",
      `Subnet ${this.description.ocid} has no free private IP addresses`,
    );
  }
}

/** The text that users report, whatever the way in which OCI gives it. */
export function duplicateLabelMessage(label: string, subnetOcid: string): string {
  return (
    "A problem occurred while preparing the instance's VNIC. " +
    `(Hostname ${label} is already used in subnet ${subnetOcid})`
  );
}
