import type {
  AddressBook,
  Consoles,
  Instance,
  InstanceAddresses,
  InstanceControl,
  LaunchOutcome,
  PrivateAddress,
  TerminateOutcome,
} from "../../../nodectl/oci/provider.ts";
import { OciCallError } from "../../../nodectl/oci/oci-errors.ts";
import { TAG } from "../../../nodectl/domain/cluster-tags.ts";
import type { InstanceRecord } from "../../sandbox/api/instance-record.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** How OCI's list of instances comes. */
export type ListMood = "whole" | "failing" | "empty" | "short";

/** What reconcile asks of OCI, answered by the model; counts the calls. */
export class CloudAdapter implements InstanceControl, AddressBook, InstanceAddresses, Consoles {
  listMood: ListMood = "whole";
  /** Records that OCI lists no longer. */
  readonly forgotten = new Set<string>();
  calls = 0;
  /** Before it happens. */
  onTerminate: (instance: Instance) => void = () => undefined;
  readonly #world: SimulatedWorld;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  listInstances(): Promise<readonly Instance[]> {
    this.calls += 1;
    const all = this.#world
      .instancesOf()
      .filter(({ instanceOcid }) => !this.forgotten.has(instanceOcid))
      .map(toInstance);
    switch (this.listMood) {
      case "whole":
        return Promise.resolve(all);
      case "failing":
        return Promise.reject(
          new OciCallError({ class: "transient", operation: "ListInstances", message: "500" }),
        );
      case "empty":
        return Promise.resolve([]);
      case "short":
        return Promise.resolve(all.filter((_, index) => index % 2 === 0));
    }
  }

  listPrivateAddresses(): Promise<readonly PrivateAddress[]> {
    this.calls += 1;
    return Promise.resolve(
      this.#world.instancesOf().flatMap(({ order, vnic, lifecycleState, timeCreatedMs }) => {
        const { hostnameLabel } = order;
        if (hostnameLabel === undefined || lifecycleState === "TERMINATED") return [];
        return [{ hostnameLabel, ipAddress: vnic.ipAddress, timeCreatedMs }];
      }),
    );
  }

  addressOf(instanceOcid: string): Promise<string | undefined> {
    this.calls += 1;
    return Promise.resolve(this.#world.cloud.find(instanceOcid)?.vnic.ipAddress);
  }

  captureConsole(): Promise<string | undefined> {
    this.calls += 1;
    return Promise.resolve("login:");
  }

  launchInstance(): Promise<LaunchOutcome> {
    return Promise.reject(new Error("reconcile launches nothing"));
  }

  terminateInstance(instance: Instance): Promise<TerminateOutcome> {
    this.onTerminate(instance);
    const record = this.#world.cloud.find(instance.instanceOcid);
    if (record?.lifecycleState.startsWith("TERMINAT") === false)
      this.#world.cloud.terminate(record);
    return Promise.resolve({ kind: "terminated" });
  }
}

function toInstance(record: InstanceRecord): Instance {
  const { instanceOcid, lifecycleState, order, timeCreatedMs } = record;
  return {
    instanceOcid,
    lifecycleState,
    timeCreatedMs,
    nodeName: order.freeformTags[TAG.node] ?? record.displayName,
    shape: order.shape.shape,
    availabilityDomain: order.availabilityDomain,
  };
}
