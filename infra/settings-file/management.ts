import type { ManagementSettings } from "../settings.ts";
import type { Findings, Found } from "./findings.ts";
import { isFlexible } from "./shape.ts";
import type { FoundSettings } from "./source.ts";

/** An ordinary x86 machine, small, for slurmctld, slurmdbd with MariaDB, and 389ds. */
const DEFAULT_SHAPE = "VM.Standard.E4.Flex";
const DEFAULT_SIZE = { ocpus: 2, memoryGib: 16 };

export function managementOf(found: FoundSettings, findings: Findings): ManagementSettings | null {
  const {
    "management.shape": shape,
    "management.ocpus": ocpus,
    "management.memory_gib": memoryGib,
    "management.image": image,
  } = found;
  if (shape === null || ocpus === null || memoryGib === null || image === null) return null;
  const size = sizeOf({ shape, ocpus, memoryGib }, findings);
  if (size === null) return null;
  return { shape: shape.value ?? DEFAULT_SHAPE, size, imageOcid: image.value };
}

interface Written {
  readonly shape: Found<string | undefined>;
  readonly ocpus: Found<number | undefined>;
  readonly memoryGib: Found<number | undefined>;
}

/** A size goes with a shape that is written: half of one and half of a default is nobody's intention. */
function sizeOf(
  { shape, ocpus, memoryGib }: Written,
  findings: Findings,
): ManagementSettings["size"] | null {
  if (shape.value === undefined) {
    return {
      ocpus: ocpus.value ?? DEFAULT_SIZE.ocpus,
      memoryGib: memoryGib.value ?? DEFAULT_SIZE.memoryGib,
    };
  }
  if (isFlexible(shape.value)) {
    if (ocpus.value !== undefined && memoryGib.value !== undefined) {
      return { ocpus: ocpus.value, memoryGib: memoryGib.value };
    }
    const message = "a flexible shape needs both management: ocpus and management: memory_gib";
    return findings.refuse(shape.place, message, "add lines such as `ocpus: 2`, `memory_gib: 16`");
  }
  const extra = [ocpus, memoryGib].filter(({ value }) => value !== undefined);
  for (const { place } of extra) {
    const message = `the size of ${shape.value} is fixed`;
    findings.refuse(place, message, "remove it, or choose a shape whose name ends in .Flex");
  }
  return extra.length === 0 ? undefined : null;
}
