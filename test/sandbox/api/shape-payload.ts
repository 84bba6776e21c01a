/** An element of ListShapes' answer, in OCI's own spelling (`Shape` of the Core API, 20160918). */
export interface ShapePayload {
  readonly shape: string;
  readonly processorDescription: string;
  /** For flexible shapes: what one gets without asking. */
  readonly ocpus: number;
  readonly memoryInGBs: number;
  readonly networkingBandwidthInGbps: number;
  readonly networkPorts: number;
  readonly maxVnicAttachments: number;
  readonly gpus: number;
  readonly gpuDescription: string | null;
  readonly localDisks: number;
  readonly localDisksTotalSizeInGBs: number | null;
  readonly localDiskDescription: string | null;
  readonly rdmaPorts: number;
  readonly rdmaBandwidthInGbps: number;
  readonly isLiveMigrationSupported: boolean;
  readonly isFlexible: boolean;
  readonly isSubcore: boolean;
  readonly isBilledForStoppedInstance: boolean;
  readonly billingType: "PAID";
  readonly quotaNames: readonly string[];
  readonly ocpuOptions: { readonly min: number; readonly max: number } | null;
  readonly memoryOptions: ShapeMemoryOptions | null;
  readonly networkingBandwidthOptions: {
    readonly minInGbps: number;
    readonly maxInGbps: number;
    readonly defaultPerOcpuInGbps: number;
  } | null;
  readonly maxVnicAttachmentOptions: {
    readonly min: number;
    readonly max: number;
    readonly defaultPerOcpu: number;
  } | null;
}

export interface ShapeMemoryOptions {
  readonly minInGBs: number;
  readonly maxInGBs: number;
  readonly defaultPerOcpuInGBs: number;
  readonly minPerOcpuInGBs: number;
  readonly maxPerOcpuInGBs: number;
}

/** Which images a shape takes, as the part after the family says: A1, A2 and A4 are Ampere. */
export type Architecture = "x86_64" | "aarch64";

export function architectureOf(shapeName: string): Architecture {
  return /\.A\d+\./.test(shapeName) ? "aarch64" : "x86_64";
}

/** An OCPU is a core of two threads on x86, one core on A1 and two cores on A2 (Oracle's "Compute Shapes"). */
export function vcpusPerOcpu(shapeName: string): 1 | 2 {
  return /\.A1\./.test(shapeName) ? 1 : 2;
}

interface FlexibleRow {
  readonly name: string;
  readonly processor: string;
  readonly ocpusMax: number;
  readonly memoryGibMax: number;
  readonly memoryGibPerOcpu: number;
  readonly gbpsPerOcpu: number;
  readonly quotaFamily: string;
}

/** The payload of a flexible shape. */
export function flexibleShape(row: FlexibleRow): ShapePayload {
  return {
    ...COMMON,
    shape: row.name,
    processorDescription: row.processor,
    ocpus: 1,
    memoryInGBs: row.memoryGibPerOcpu,
    networkingBandwidthInGbps: row.gbpsPerOcpu,
    maxVnicAttachments: 2,
    isLiveMigrationSupported: true,
    isFlexible: true,
    quotaNames: [`${row.quotaFamily}-core-count`, `${row.quotaFamily}-memory-count`],
    ocpuOptions: { min: 1, max: row.ocpusMax },
    memoryOptions: {
      minInGBs: 1,
      maxInGBs: row.memoryGibMax,
      defaultPerOcpuInGBs: row.memoryGibPerOcpu,
      minPerOcpuInGBs: 1,
      maxPerOcpuInGBs: 64,
    },
    networkingBandwidthOptions: {
      minInGbps: row.gbpsPerOcpu,
      maxInGbps: 40,
      defaultPerOcpuInGbps: row.gbpsPerOcpu,
    },
    maxVnicAttachmentOptions: { min: 2, max: 24, defaultPerOcpu: 1 },
  };
}

interface FixedRow {
  readonly name: string;
  readonly processor: string;
  readonly ocpus: number;
  readonly memoryGib: number;
  readonly gbps: number;
  readonly quotaName: string;
  readonly gpus?: number;
  readonly gpuDescription?: string;
  readonly localDisks?: number;
  readonly localDisksGib?: number;
  readonly rdmaGbps?: number;
}

/** The payload of a shape of one size. */
export function fixedShape(row: FixedRow): ShapePayload {
  const isBilledForStoppedInstance = row.gpus !== undefined || row.localDisks !== undefined;
  return {
    ...COMMON,
    shape: row.name,
    processorDescription: row.processor,
    ocpus: row.ocpus,
    memoryInGBs: row.memoryGib,
    networkingBandwidthInGbps: row.gbps,
    maxVnicAttachments: row.name.startsWith("BM.") ? 256 : Math.max(2, Math.min(24, row.ocpus)),
    gpus: row.gpus ?? 0,
    gpuDescription: row.gpuDescription ?? null,
    localDisks: row.localDisks ?? 0,
    localDisksTotalSizeInGBs: row.localDisksGib ?? null,
    localDiskDescription: row.localDisks === undefined ? null : "NVMe SSD Storage",
    rdmaPorts: row.rdmaGbps === undefined ? 0 : 1,
    rdmaBandwidthInGbps: row.rdmaGbps ?? 0,
    isLiveMigrationSupported: row.name.startsWith("VM.") && row.gpus === undefined,
    isBilledForStoppedInstance,
    quotaNames: [row.quotaName],
  };
}

const COMMON = {
  networkPorts: 1,
  gpus: 0,
  gpuDescription: null,
  localDisks: 0,
  localDisksTotalSizeInGBs: null,
  localDiskDescription: null,
  rdmaPorts: 0,
  rdmaBandwidthInGbps: 0,
  isFlexible: false,
  isSubcore: false,
  isBilledForStoppedInstance: false,
  billingType: "PAID",
  ocpuOptions: null,
  memoryOptions: null,
  networkingBandwidthOptions: null,
  maxVnicAttachmentOptions: null,
} as const;
