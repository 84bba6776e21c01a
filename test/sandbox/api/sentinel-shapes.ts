import { fixedShape, type ShapePayload } from "./shape-payload.ts";

/** What happens to a launch because its shape asks for it. */
export type SentinelBehaviour = "no-capacity" | "limit" | "async-failure" | "no-boot";

/**
 * Shapes whose names ask for a failure, so that it can also be shown by hand: put one into limits.yaml and submit a
 * job. They are offered in every availability domain and are otherwise ordinary small instances.
 */
const SENTINELS: ReadonlyMap<string, SentinelBehaviour> = new Map([
  /** LaunchInstance answers 500 InternalError "Out of host capacity." */
  ["VM.SandboxNoCapacity.1", "no-capacity"],
  /** LaunchInstance answers 400 LimitExceeded. */
  ["VM.SandboxLimit.1", "limit"],
  /** Accepted; then PROVISIONING becomes TERMINATED and the work request FAILED. */
  ["VM.SandboxAsyncFail.1", "async-failure"],
  /** RUNNING, and nothing ever boots: slurmd will not register. */
  ["VM.SandboxNoBoot.1", "no-boot"],
]);

export function sentinelBehaviour(shapeName: string): SentinelBehaviour | undefined {
  return SENTINELS.get(shapeName);
}

export const SENTINEL_SHAPES: readonly ShapePayload[] = [...SENTINELS.keys()].map((name) =>
  fixedShape({
    name,
    processor: "2.0 GHz Intel® Xeon® Platinum 8167M (Skylake)",
    ocpus: 1,
    memoryGib: 15,
    gbps: 1,
    quotaName: "sandbox-core-count",
  }),
);
