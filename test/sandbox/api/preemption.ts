import type { Cloud } from "./cloud.ts";
import type { InstanceRecord } from "./instance-record.ts";

/** OCI takes the capacity back. What becomes of the boot volume is said at the launch; preemptible or not is no matter. */
export function preempt(cloud: Cloud, record: InstanceRecord): void {
  cloud.terminate(record, preservesBootVolume(record));
}

/** `preemptibleInstanceConfig.preemptionAction.preserveBootVolume` of LaunchInstanceDetails; default false. */
function preservesBootVolume({ order }: InstanceRecord): boolean {
  const action = fieldOf(order.repeated["preemptibleInstanceConfig"], "preemptionAction");
  return fieldOf(action, "preserveBootVolume") === true;
}

function fieldOf(object: unknown, key: string): unknown {
  if (typeof object !== "object" || object === null) return undefined;
  return Object.entries(object).find(([name]) => name === key)?.[1];
}
