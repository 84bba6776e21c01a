import { invalidParameter } from "./api-error.ts";
import type { FieldReader } from "./field-reader.ts";
import { vcpusPerOcpu, type ShapePayload } from "./shape-payload.ts";

export interface ShapeSize {
  readonly ocpus: number;
  readonly memoryGib: number;
}

const SHAPE_CONFIG_FIELDS: readonly string[] = [
  ...["ocpus", "vcpus", "memoryInGBs", "baselineOcpuUtilization", "nvmes"],
  ...["resourceManagement", "localVolumeSizeInGBs"],
];

/**
 * The size of a launch. Flexible shapes need a shapeConfig (OCI's own text for its absence, as users report it), the
 * others must not have one. Limits: the shape's own ocpuOptions and memoryOptions.
 */
export function checkShapeConfig(fields: FieldReader, shape: ShapePayload): ShapeSize {
  const config = fields.nested("shapeConfig", SHAPE_CONFIG_FIELDS);
  if (!shape.isFlexible) {
    if (config !== undefined) {
      throw invalidParameter(`Invalid ShapeConfig: shape ${shape.shape} is not flexible`);
    }
    return { ocpus: shape.ocpus, memoryGib: shape.memoryInGBs };
  }
  if (config === undefined) {
    throw invalidParameter(
      "Invalid ShapeConfig: null (Cannot launch flexible instance without ShapeConfig)",
    );
  }
  const ocpus = checkOcpus(config, shape);
  return { ocpus, memoryGib: checkMemory(config, shape, ocpus) };
}

/** Either OCPUs or vCPUs. Burstable fractions of an OCPU are not modelled. */
function checkOcpus(config: FieldReader, shape: ShapePayload): number {
  const vcpus = config.number("vcpus");
  const fromVcpus = vcpus === undefined ? undefined : vcpus / vcpusPerOcpu(shape.shape);
  const ocpus = config.number("ocpus") ?? fromVcpus;
  if (ocpus === undefined) throw invalidParameter("Invalid ShapeConfig: ocpus must not be null");
  const { min, max } = shape.ocpuOptions ?? { min: shape.ocpus, max: shape.ocpus };
  if (!Number.isInteger(ocpus) || ocpus < min || ocpus > max) {
    throw invalidParameter(`Invalid number of OCPUs: ${ocpus}. Valid range: ${min} - ${max}`);
  }
  return ocpus;
}

function checkMemory(config: FieldReader, shape: ShapePayload, ocpus: number): number {
  const options = shape.memoryOptions;
  if (options === null) throw new Error(`flexible shape without memory options: ${shape.shape}`);
  const memoryGib =
    config.number("memoryInGBs") ?? Math.min(options.defaultPerOcpuInGBs * ocpus, options.maxInGBs);
  if (memoryGib < options.minInGBs || memoryGib > options.maxInGBs) {
    throw invalidParameter(
      `Invalid memory in GB: ${memoryGib}. Valid range: ${options.minInGBs} - ${options.maxInGBs}`,
    );
  }
  const ratio = memoryGib / ocpus;
  if (ratio < options.minPerOcpuInGBs || ratio > options.maxPerOcpuInGBs) {
    throw invalidParameter(
      `Invalid ratio of memory in GB to OCPUs. Current ratio: ${ratio}. ` +
        `Valid ratio range: ${options.minPerOcpuInGBs} - ${options.maxPerOcpuInGBs}`,
    );
  }
  return memoryGib;
}
