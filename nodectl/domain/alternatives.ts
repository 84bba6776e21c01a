import type { Catalogue } from "./catalogue.ts";
import { chooseShape, type ChosenShape } from "./chosen-shape.ts";
import type { LaunchSpecification } from "./launch-specification.ts";
import type { NamedShape, ShapeLimits } from "./limits-shape.ts";
import type { ProblemCollector } from "./problem-collector.ts";
import { hardwareOf, isBareMetal, type NodeHardware } from "./shape.ts";

/** An alternative that can stand in for the shape, and where the file has it. */
export interface ChosenAlternative extends ChosenShape {
  readonly named: NamedShape;
}

type Offers = NonNullable<LaunchSpecification["alternatives"]>;

/**
 * Checks the alternatives of a shape: Slurm was told what the shape has, and a node that registers with less is drained
 * (INVALID_REG), so none may have less; a job built for one processor architecture does not run on the other.
 */
export function chooseAlternatives(
  { alternatives }: ShapeLimits,
  { shape, size }: ChosenShape,
  catalogue: Catalogue,
  problems: ProblemCollector,
): readonly ChosenAlternative[] {
  const wanted = hardwareOf(shape, size);
  return alternatives.flatMap((named) => {
    const chosen = chooseShape(named, catalogue, problems);
    if (chosen === null) return [];
    const lack = describeLack(hardwareOf(chosen.shape, chosen.size), wanted);
    if (lack === undefined) return [{ ...chosen, named }];
    problems.report(named.located, lack, "write a shape that has at least as much of everything");
    return [];
  });
}

function describeLack(has: NodeHardware, wanted: NodeHardware): string | undefined {
  if (has.architecture !== wanted.architecture)
    return `this is ${has.architecture}, and the shape that it stands in for is ${wanted.architecture}`;
  if (has.cpus < wanted.cpus) return `this has ${has.cpus} CPUs, fewer than ${wanted.cpus}`;
  if (has.realMemoryMib < wanted.realMemoryMib)
    return `this has ${has.realMemoryMib} MiB for jobs, less than ${wanted.realMemoryMib}`;
  if (has.gpus < wanted.gpus) return `this has ${has.gpus} GPUs, fewer than ${wanted.gpus}`;
  if (wanted.gpus > 0 && has.gpuType !== wanted.gpuType)
    return `its GPUs are ${has.gpuType ?? "of an unknown type"}, not ${wanted.gpuType ?? "the same"}`;
  return undefined;
}

/** Where each alternative can be launched for nodes of these availability domains, or of any. */
export function offersOf(
  alternatives: readonly ChosenAlternative[],
  { availabilityDomains, isAny }: { availabilityDomains: readonly string[]; isAny: boolean },
  catalogue: Catalogue,
  problems: ProblemCollector,
): Offers {
  return alternatives.flatMap(({ shape, size, named }) => {
    const offering = catalogue.offering(shape.name);
    const usable = isAny ? offering : offering.filter((name) => availabilityDomains.includes(name));
    if (usable.length > 0)
      return [
        { shape: shape.name, ...(size && { shapeConfig: size }), availabilityDomains: usable },
      ];
    const message = `${availabilityDomains.join(", ")} does not offer ${shape.name}`;
    problems.report(named.located, message, `${offering.join(", ")} does: leave it out here`);
    return [];
  });
}

/** OCI has no preemptible bare metal ("Preemptible Instances" in Oracle's documentation). */
export function checkPreemptible(
  { preemptible, located }: ShapeLimits,
  { shape }: ChosenShape,
  problems: ProblemCollector,
): void {
  if (preemptible === undefined || !isBareMetal(shape.name)) return;
  problems.report(located, `${shape.name} cannot be preemptible`, "remove `preemptible`");
}
