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
}
