import type { Limiter } from "../floor.ts";

/** Upper bounds for the ratio to the floor; absent: nothing is aimed at. */
export interface LaunchTargets {
  readonly launched?: number;
  readonly addressed?: number;
  /** Requests a node, accepted and refused together. */
  readonly requests?: number;
}

/** An API whose callers are limited. */
export interface Limited {
  readonly title: string;
  /** What `npm run oci-api` is told. */
  readonly apiOptions: readonly string[];
  /** The limiter that launches meet. */
  readonly limiter: Limiter;
}

/** A limiter, and how many nodes are started against it. */
export interface LimiterCase extends Limited {
  readonly name: string;
  readonly nodeCount: number;
  /** With --quick; absent: left out. */
  readonly quickNodeCount?: number;
  /** The nodes are spread over so many startnodes at once. Default 1. */
  readonly processCount?: number;
  readonly targets: LaunchTargets;
  /** Nothing was tuned against it. */
  readonly isOutOfSample?: boolean;
  /** What the case is about is nothing to the rival: its numbers are those of another case. */
  readonly hasNoRival?: boolean;
  /** Its launches over time are in the plot. */
  readonly isPlotted?: boolean;
  /** Our memory has a target here. */
  readonly judgesMemory?: boolean;
}

function bucket(ratePerSecond: number, burst: number): Limited {
  return {
    title: `token bucket ${ratePerSecond}/s, ${burst === 1 ? "no burst" : `burst ${burst}`}`,
    limiter: { kind: "token-bucket", ratePerSecond, burst },
    apiOptions: ["--rate", String(ratePerSecond), "--burst", String(burst)],
  };
}

const COMMON = bucket(20, 40);
const WINDOW = { count: 100, windowMs: 5_000 };

/** The limiter of most scenarios; the numbers are guesses from public reports. */
export const COMMON_LIMITER = COMMON;

/** The number of nodes fits the rate: 1,000 at 5/s would take 200 s. */
export const LIMITER_CASES: readonly LimiterCase[] = [
  {
    name: "launch-1000",
    ...COMMON,
    nodeCount: 1000,
    targets: { launched: 1.05, addressed: 1.08, requests: 1.08 },
    isPlotted: true,
    judgesMemory: true,
  },
  {
    name: "launch-200",
    ...COMMON,
    nodeCount: 200,
    quickNodeCount: 200,
    targets: { launched: 1.1 },
    isPlotted: true,
  },
  {
    name: "launch-fast",
    ...bucket(100, 200),
    nodeCount: 1000,
    quickNodeCount: 500,
    targets: { launched: 1.1 },
    judgesMemory: true,
  },
  {
    name: "launch-slow",
    ...bucket(5, 10),
    nodeCount: 100,
    targets: { launched: 1.1 },
  },
  {
    name: "launch-no-burst",
    ...bucket(10, 1),
    nodeCount: 100,
    targets: { launched: 1.3 },
  },
  {
    name: "launch-charged",
    title: `${COMMON.title}, refusals charged`,
    limiter: COMMON.limiter,
    apiOptions: [...COMMON.apiOptions, "--rejected-cost", "1"],
    nodeCount: 200,
    targets: { launched: 1.75 },
  },
  {
    name: "launch-retry-after",
    title: `${COMMON.title}, Retry-After`,
    limiter: COMMON.limiter,
    apiOptions: [...COMMON.apiOptions, "--retry-after"],
    nodeCount: 200,
    hasNoRival: true,
    targets: { launched: 1.1 },
  },
  {
    name: "launch-apart",
    title: "writes 20/s, burst 40; reads 5/s, burst 5",
    limiter: COMMON.limiter,
    apiOptions: [
      ...["--write-rate", "20", "--write-burst", "40"],
      ...["--read-rate", "5", "--read-burst", "5"],
    ],
    nodeCount: 200,
    targets: { launched: 1.1 },
  },
  {
    name: "launch-window",
    title: "fixed window, 100 per 5 s",
    limiter: { kind: "fixed-window", ...WINDOW },
    apiOptions: [
      ...["--window-count", String(WINDOW.count)],
      ...["--window-ms", String(WINDOW.windowMs)],
    ],
    // Ten short of three windows: the lists need room too.
    nodeCount: 290,
    targets: { launched: 1.4 },
    isOutOfSample: true,
  },
  {
    name: "launch-slowest",
    ...bucket(2, 5),
    nodeCount: 40,
    targets: { launched: 1.4 },
    isOutOfSample: true,
  },
  {
    // Slurm calls ResumeProgram once a scheduling pass: several may share the user's limit.
    name: "four-processes",
    ...COMMON,
    title: `four startnodes at once, ${COMMON.title}`,
    nodeCount: 1000,
    quickNodeCount: 100,
    processCount: 4,
    hasNoRival: true,
    targets: { launched: 1.25 },
  },
];
