import type { Instance } from "../oci/provider.ts";

/** It holds its host name label and is not on its way out. */
export function isPresent({ lifecycleState }: Pick<Instance, "lifecycleState">): boolean {
  return lifecycleState !== "TERMINATED" && lifecycleState !== "TERMINATING";
}
