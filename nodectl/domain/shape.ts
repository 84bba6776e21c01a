/** A shape as ListShapes describes it for one availability domain. Sources: facts of the Core API, `Shape` model. */
export interface Shape {
  readonly name: string;
  /** For flexible shapes the default, not a limit. x86: one OCPU is one core of two threads. */
  readonly ocpus: number;
  readonly memoryGib: number;
  /** Present exactly for flexible shapes, which need ocpus and memory to be chosen. */
  readonly flexible?: {
    readonly ocpusMin: number;
    readonly ocpusMax: number;
    readonly memoryGibMin: number;
    readonly memoryGibMax: number;
    readonly memoryGibPerOcpuMin: number;
    readonly memoryGibPerOcpuMax: number;
  };
  readonly gpus: number;
  readonly gpuDescription?: string;
  readonly processorDescription?: string;
  /** The service limits that its instances count against, e.g. `standard-e4-core-count`; absent when OCI names none. */
  readonly quotaNames?: readonly string[];
}

/** What is chosen for a flexible shape. Whole numbers: both stand in the node's name. */
export interface ShapeSize {
  readonly ocpus: number;
  readonly memoryGib: number;
}

export type Architecture = "x86_64" | "aarch64";

/**
 * ListShapes has no field for it: Arm shapes are the Standard.A1, A2, … families (VM.GPU.A10 is not one), or say so in
 * the processor's description.
 */
export function architectureOf(shape: Pick<Shape, "name" | "processorDescription">): Architecture {
  const isArm =
    /\.Standard\.A\d+\./.test(shape.name) ||
    /ampere|\barm\b|neoverse|\bgrace\b/i.test(shape.processorDescription ?? "");
  return isArm ? "aarch64" : "x86_64";
}

export function isBareMetal(shapeName: string): boolean {
  return shapeName.startsWith("BM.");
}

/** Every bare metal shape that OCI lists today is a board of two sockets; a virtual machine sees one. */
const BARE_METAL_SOCKETS = 2;

/** What Slurm is told of a node before it was ever seen. */
export interface NodeHardware {
  readonly cpus: number;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  readonly realMemoryMib: number;
  readonly gpus: number;
  /** One lower-case word, e.g. `a10`; absent when the shape's description names no model. */
  readonly gpuType?: string;
  readonly architecture: Architecture;
}

/**
 * A node that registers with less than this becomes INVALID_REG and drains, so every guess errs downwards. Slurm
 * compares the product of sockets, cores and threads and not the parts (seen on 22.05.8 and 24.11.5: one core of two
 * threads may be two cores): a wrong guess of the sockets costs some locality, not the node. What is wrong for a
 * shape can be set right with slurm_options.
 */
export function hardwareOf(shape: Shape, size: ShapeSize | undefined): NodeHardware {
  const { ocpus, memoryGib } = size ?? shape;
  const architecture = architectureOf(shape);
  const cores = Math.max(1, Math.floor(ocpus * coresPerOcpu(shape.name)));
  const threadsPerCore = architecture === "x86_64" ? 2 : 1;
  const sockets =
    isBareMetal(shape.name) && cores % BARE_METAL_SOCKETS === 0 ? BARE_METAL_SOCKETS : 1;
  const gpuType = shape.gpus > 0 ? gpuTypeOf(shape) : undefined;
  return {
    cpus: cores * threadsPerCore,
    sockets,
    coresPerSocket: cores / sockets,
    threadsPerCore,
    realMemoryMib: realMemoryMib(memoryGib),
    gpus: shape.gpus,
    ...(gpuType !== undefined && { gpuType }),
    architecture,
  };
}

/**
 * Oracle's definition: an OCPU is one core of x86 and of A1, and two of A2. Of A4 nothing certain is known here, and
 * one core is the guess that cannot drain a node.
 */
function coresPerOcpu(shapeName: string): number {
  return /\.Standard\.A2\./.test(shapeName) ? 2 : 1;
}

const RESERVED_SHARE = 0.03;
const RESERVED_MIB = 512;

/**
 * The memory that Slurm may count on. Linux reports less than the shape has: page structures take 1/64, firmware and
 * the kernel some more, a crash kernel up to some hundred MiB. Three per cent and 512 MiB cover that (CitC's tuned
 * values: 15,700 MiB of 16 GiB, 2,020,000 MiB of 2 TiB), and node_reg_mem_percent allows a tenth more.
 */
export function realMemoryMib(memoryGib: number): number {
  const totalMib = memoryGib * 1024;
  const expectedMib = totalMib * (1 - RESERVED_SHARE) - RESERVED_MIB;
  return Math.floor(Math.max(expectedMib, totalMib / 2));
}

/** The model in `NVIDIA A10`, `8 x NVIDIA® H100 80GB`, `AMD MI300X`; else what the shape's name says behind GPU. */
function gpuTypeOf({ name, gpuDescription }: Shape): string | undefined {
  const described = /(?:NVIDIA|AMD|Tesla)\W*(?:(?:Tesla|Instinct)\W*)?([A-Z]+\d+[A-Z]?)\b/i.exec(
    gpuDescription ?? "",
  );
  const named = /\.GPU\.([A-Z]+\d+[A-Z]?)\b/.exec(name);
  return (described ?? named)?.[1]?.toLowerCase();
}
