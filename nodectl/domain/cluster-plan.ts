import { checkPreemptible, chooseAlternatives, offersOf } from "./alternatives.ts";
import type { Catalogue } from "./catalogue.ts";
import { chooseShape } from "./chosen-shape.ts";
import type { ChosenShape } from "./chosen-shape.ts";
import { HOSTLIST_NAMES_MAX } from "./hostlist.ts";
import { checkImage } from "./image-check.ts";
import type { ImageShapes } from "./image-check.ts";
import type {
  LaunchSpecification,
  NodeGroup,
  SlurmNodes,
  SlurmOptions,
  SlurmPartition,
} from "./launch-specification.ts";
import type { Timers } from "./limits-cluster.ts";
import type { ReadLimits } from "./limits.ts";
import type { NodeCount, ShapeLimits } from "./limits-shape.ts";
import { nodeNameFault, nodeNamePrefix, nodeNames } from "./node-name.ts";
import { slurmNodeOptions } from "./node-options.ts";
import { DEFAULT_PARTITION, planPartitions } from "./partitions.ts";
import type { ProblemCollector } from "./problem-collector.ts";
import type { Checked } from "./result.ts";
import { hardwareOf } from "./shape.ts";
import type { NodeHardware } from "./shape.ts";

/** The nodes of one shape in one availability domain, or of one shape in any. */
export interface PlannedGroup extends NodeGroup {
  readonly slurm: SlurmNodes;
  readonly count: number;
  readonly availabilityDomain: number | "any";
  readonly hardware: NodeHardware;
  /** Where limits.yaml has the shape. */
  readonly limitsLine: number;
}

/** Everything that a generation is made of, but for the retired nodes. */
export interface ClusterPlan {
  readonly groups: readonly PlannedGroup[];
  readonly partitions: readonly SlurmPartition[];
  readonly timers: Timers;
  readonly hasNodeWait: boolean;
  readonly slurmOptions: SlurmOptions;
}

/** Second step: the limits against what the region offers. The problems of the first step come along. */
export function planCluster(
  { limits, problems }: ReadLimits,
  catalogue: Catalogue,
  images: ImageShapes,
): Checked<ClusterPlan> {
  const groups = limits.shapes.flatMap((shape) => planShape(shape, catalogue, problems));
  for (const shape of limits.shapes) checkImage(shape, catalogue, images, problems);
  checkNames(limits.shapes, problems);
  checkTotal(limits.shapes, problems);
  const partitions = planPartitions(limits, groups, problems);
  const { timers, hasNodeWait, slurmOptions } = limits.cluster;
  return problems.result({ groups, partitions, timers, hasNodeWait, slurmOptions });
}

function planShape(
  limits: ShapeLimits,
  catalogue: Catalogue,
  problems: ProblemCollector,
): readonly PlannedGroup[] {
  const chosen = chooseShape(limits, catalogue, problems);
  const placed = limits.counts.map((count) => ({
    count,
    names: placesOf(count, chosen, catalogue, problems),
  }));
  if (chosen === null) return [];
  checkPreemptible(limits, chosen, problems);
  const alternatives = chooseAlternatives(limits, chosen, catalogue, problems);
  return placed.flatMap(({ count, names }) => {
    if (names === null || count.count === 0) return [];
    const places = { availabilityDomains: names, isAny: count.availabilityDomain === undefined };
    const offers = offersOf(alternatives, places, catalogue, problems);
    return [planGroup({ limits, chosen, count, names, offers })];
  });
}

/** Full names of the availability domains for a count; null when there are none, and that was reported. */
function placesOf(
  { availabilityDomain, count, located }: NodeCount,
  chosen: ChosenShape | null,
  catalogue: Catalogue,
  problems: ProblemCollector,
): readonly string[] | null {
  if (availabilityDomain === undefined) return chosen && catalogue.offering(chosen.shape.name);
  const name = catalogue.nameOf(availabilityDomain);
  if (name === undefined) {
    const numbers = catalogue.describeNumbers();
    const fix =
      numbers === ""
        ? `set ad_root of startnode.yaml: the region has ${catalogue.availabilityDomains.join(", ")}`
        : `write one of ${numbers}`;
    return problems.report(
      located,
      `this region has no availability domain ${availabilityDomain}`,
      fix,
    );
  }
  if (chosen === null) return null;
  const shape = chosen.shape.name;
  if (count === 0 || catalogue.shapeIn(name, shape) !== undefined) return [name];
  const others = catalogue.offering(shape).join(", ");
  return problems.report(located, `${name} does not offer ${shape}`, `move the nodes to ${others}`);
}

interface GroupInput {
  readonly limits: ShapeLimits;
  readonly chosen: ChosenShape;
  readonly count: NodeCount;
  readonly names: readonly string[];
  readonly offers: NonNullable<LaunchSpecification["alternatives"]>;
}

function planGroup({ limits, chosen, count: nodeCount, names, offers }: GroupInput): PlannedGroup {
  const { shape, size } = chosen;
  const { availabilityDomain, count } = nodeCount;
  const naming = { shape: shape.name, ...(size && { size }) };
  const prefix = nodeNamePrefix(
    availabilityDomain === undefined ? naming : { ...naming, availabilityDomain },
  );
  const hardware = hardwareOf(shape, size);
  const { imageOcid, bootVolumeGib, preemptible } = limits;
  return {
    names: nodeNames(prefix, count),
    count,
    availabilityDomain: availabilityDomain ?? "any",
    hardware,
    limitsLine: limits.located.line,
    specification: {
      shape: shape.name,
      ...(size && { shapeConfig: size }),
      availabilityDomains: names,
      ...(offers.length > 0 && { alternatives: offers }),
      ...(preemptible !== undefined && { preemptible }),
      ...(imageOcid !== undefined && { imageOcid }),
      ...(bootVolumeGib !== undefined && { bootVolumeGib }),
    },
    slurm: {
      options: slurmNodeOptions(limits, { shape: shape.name, size, availabilityDomain, hardware }),
      partitions: limits.partitions.length > 0 ? limits.partitions : [DEFAULT_PARTITION],
    },
  };
}

/** Names that OCI would refuse, and names that two shapes would share. */
function checkNames(shapes: readonly ShapeLimits[], problems: ProblemCollector): void {
  const owners = new Map<string, ShapeLimits>();
  for (const shape of shapes.filter((it) => it.shape !== "" && it.size !== null)) {
    const naming = { shape: shape.shape, ...(shape.size && { size: shape.size }) };
    for (const { availabilityDomain, located } of shape.counts) {
      const prefix = nodeNamePrefix(
        availabilityDomain === undefined ? naming : { ...naming, availabilityDomain },
      );
      const fault = nodeNameFault(prefix);
      if (fault !== undefined) problems.report(located, fault, "use another shape");
      const owner = owners.get(prefix);
      if (owner !== undefined) {
        const message = `the nodes would have the same names (${prefix}-0001 …) as those of line ${owner.located.line}`;
        problems.report(located, message, "keep one of the two, with the sum of their counts");
      }
      owners.set(prefix, owner ?? shape);
    }
  }
}

function checkTotal(shapes: readonly ShapeLimits[], problems: ProblemCollector): void {
  const total = shapes.flatMap(({ counts }) => counts).reduce((sum, { count }) => sum + count, 0);
  if (total <= HOSTLIST_NAMES_MAX) return;
  const message = `the file allows ${total} nodes, and Slurm has at most ${HOSTLIST_NAMES_MAX}`;
  problems.add({ message, fix: "lower some counts" });
}
