import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { ApiProcess } from "./api-process.ts";
import { ClusterFiles } from "./cluster-files.ts";
import type { Installation } from "./installation.ts";
import type { Programs } from "./programs.ts";
import type { Runner } from "./run-program.ts";

/** What every scenario is run with. */
export interface Bench {
  readonly installation: Installation;
  readonly programs: Programs;
  readonly runner: Runner;
  /** For files that go with the run. */
  readonly scratch: string;
  readonly isQuick: boolean;
  /** Says what is going on, to a person who waits. */
  readonly progress: (text: string) => void;
  /** Aborts when somebody wants the bench to end. */
  readonly signal: AbortSignal;
  /** What is to be undone then, besides the runner's processes and the scratch directory. */
  readonly onInterrupt: (undo: () => Promise<void>) => void;
}

/** An empty compartment behind a fresh limiter, and a management node that knows of it. */
export interface World {
  readonly api: ApiProcess;
  readonly files: ClusterFiles;
}

/** How the API behaves in every scenario. Public reports speak of 0.2 to 1 s for a launch; the rest is assumed. */
export const API_SETTINGS = {
  launchLatencyMs: 300,
  otherLatencyMs: 30,
  /** Until ListPrivateIps shows a new instance: OCI's own delay is unknown, and hardly none. */
  vnicDelayMs: 2_000,
} as const;

const API_OPTIONS = [
  ...["--launch-latency-ms", String(API_SETTINGS.launchLatencyMs)],
  ...["--latency-ms", String(API_SETTINGS.otherLatencyMs)],
  ...["--vnic-delay-ms", String(API_SETTINGS.vnicDelayMs)],
];

/** Makes a world for one subject, and takes it away again whatever happens. */
export async function withWorld<Result>(
  bench: Bench,
  apiOptions: readonly string[],
  work: (world: World) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(bench.scratch, "world-"));
  const api = await ApiProcess.start(bench.runner, {
    program: bench.programs.api,
    directory: join(directory, "oci"),
    // The last of two wins.
    args: [...API_OPTIONS, ...apiOptions],
  });
  try {
    return await work({
      api,
      files: await ClusterFiles.create(join(directory, "cluster"), api.place),
    });
  } finally {
    await api.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
