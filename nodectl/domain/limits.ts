import { readClusterOptions } from "./limits-cluster.ts";
import type { ClusterOptions } from "./limits-cluster.ts";
import { readShapeLimits } from "./limits-shape.ts";
import type { ShapeLimits } from "./limits-shape.ts";
import { fieldOf, locatedAt, rootOf } from "./fields.ts";
import type { PositionedMap } from "./positioned.ts";
import { ProblemCollector } from "./problem-collector.ts";

/** The key of limits.yaml that names no shape. */
const CLUSTER_KEY = "cluster";

/** What limits.yaml allows, as far as it can be told without asking OCI. */
export interface Limits {
  readonly shapes: readonly ShapeLimits[];
  readonly cluster: ClusterOptions;
}

/**
 * The limits as far as they could be read, and what is wrong with the rest. Both go to planCluster, which adds what is
 * wrong with what could be read, so that a person sees everything at once.
 */
export interface ReadLimits {
  readonly limits: Limits;
  readonly problems: ProblemCollector;
}

/** First step: all that does not need the region's shapes. */
export function readLimits(file: PositionedMap, fileName: string): ReadLimits {
  const problems = new ProblemCollector(fileName);
  const root = rootOf(file);
  const shapes = file.entries
    .filter(({ key }) => key !== CLUSTER_KEY)
    .map((entry) => readShapeLimits(entry.key, locatedAt(root, entry), problems));
  if (shapes.length === 0) {
    const fix = "write at least one line such as `VM.Standard.E4.Flex.8.64: 10`";
    problems.add({ message: "the file names no shape", fix });
  }
  const cluster = readClusterOptions(fieldOf(root, CLUSTER_KEY), problems);
  return { limits: { shapes, cluster }, problems };
}
