import type { ComputeClient } from "oci-core";
import { removeOnce } from "./remove-once.ts";

const GONE_STATES: ReadonlySet<string> = new Set(["TERMINATING", "TERMINATED"]);

/** Boot volume and launch-time data volumes go too: the API's default would keep and bill the latter. */
export async function terminateOnce(compute: ComputeClient, instanceId: string): Promise<void> {
  await removeOnce({
    operation: "TerminateInstance",
    remove: () =>
      compute.terminateInstance({
        instanceId,
        preserveBootVolume: false,
        preserveDataVolumesCreatedAtLaunch: false,
      }),
    look: async () => (await compute.getInstance({ instanceId })).instance.lifecycleState,
    goneStates: GONE_STATES,
  });
}
