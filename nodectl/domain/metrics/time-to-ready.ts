import { addCount, type Counts } from "./counts.ts";

/** When things happened to a node that has become ready, milliseconds since the epoch. */
export interface Readiness {
  /** Slurm was first seen to wake it. */
  readonly wakingMs: number;
  /** OCI accepted the launch. */
  readonly createdMs: number;
  /** Its kernel started. */
  readonly bootMs: number;
  /** Its slurmd started, which registers within a second. */
  readonly slurmdMs: number;
}

/** Upper bounds of the histogram's buckets, seconds. */
const READY_BUCKETS = [5, 15, 30, 60, 120, 180, 300, 450, 600, 900, 1800] as const;

const PHASES = {
  /** Until OCI accepted; seen once a minute, and so up to a minute too short. */
  launch: ({ wakingMs, createdMs }: Readiness) => createdMs - wakingMs,
  provision: ({ createdMs, bootMs }: Readiness) => bootMs - createdMs,
  configure: ({ bootMs, slurmdMs }: Readiness) => slurmdMs - bootMs,
} as const;

/** Adds one node's way to the histograms `time_to_ready_seconds`, one for each phase. */
export function countReadiness(before: Counts, readiness: Readiness): Counts {
  return Object.entries(PHASES).reduce((counts, [phase, durationOf]) => {
    const seconds = Math.max(0, durationOf(readiness)) / 1000;
    const buckets = READY_BUCKETS.filter((bound) => seconds <= bound).map(String);
    const counted = [...buckets, "+Inf"].reduce(
      (sum, le) => addCount(sum, "ready_bucket", { phase, le }),
      counts,
    );
    const summed = addCount(counted, "ready_sum", { phase }, seconds);
    return addCount(summed, "ready_count", { phase });
  }, before);
}
