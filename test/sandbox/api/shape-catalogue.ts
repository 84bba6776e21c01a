import { SENTINEL_SHAPES } from "./sentinel-shapes.ts";
import { fixedShape, flexibleShape, type ShapePayload } from "./shape-payload.ts";

const ROME = "2.25 GHz AMD EPYC™ 7742 (Rome)";
const MILAN = "2.55 GHz AMD EPYC™ 7J13 (Milan)";
const GENOA = "2.4 GHz AMD EPYC™ 9J14 (Genoa)";
const SKYLAKE = "2.0 GHz Intel® Xeon® Platinum 8167M (Skylake)";
const ICE_LAKE = "2.6 GHz Intel® Xeon® Platinum 8358 (Ice Lake)";
const FAST_ICE_LAKE = "3.0 GHz Intel® Xeon® 6354 (Ice Lake)";
const ALTRA = "3.0 GHz Ampere® Altra™";
const AMPERE_ONE = "3.0 GHz AmpereOne®";

/** Sizes: Oracle's "Compute Shapes"; which OCI changes over the years, so clients have to ask ListShapes. */
const FLEXIBLE: readonly ShapePayload[] = (
  [
    // name, processor, OCPUs, memory, memory per OCPU by default, Gbps per OCPU, quota family
    ["VM.Standard.E3.Flex", ROME, 64, 1024, 16, 1, "standard-e3"],
    ["VM.Standard.E4.Flex", MILAN, 64, 1024, 16, 1, "standard-e4"],
    ["VM.Standard.E5.Flex", GENOA, 94, 1049, 12, 1, "standard-e5"],
    ["VM.Standard3.Flex", ICE_LAKE, 32, 512, 16, 1, "standard3"],
    ["VM.Optimized3.Flex", FAST_ICE_LAKE, 18, 256, 14, 4, "optimized3"],
    ["VM.Standard.A1.Flex", ALTRA, 76, 472, 6, 1, "standard-a1"],
    ["VM.Standard.A2.Flex", AMPERE_ONE, 78, 946, 6, 1, "standard-a2"],
  ] as const
).map(([name, processor, ocpusMax, memoryGibMax, memoryGibPerOcpu, gbpsPerOcpu, quotaFamily]) =>
  flexibleShape({
    name,
    processor,
    ocpusMax,
    memoryGibMax,
    memoryGibPerOcpu,
    gbpsPerOcpu,
    quotaFamily,
  }),
);

const FIXED: readonly ShapePayload[] = (
  [
    // name, processor, OCPUs, memory, Gbps, limit
    ["VM.Standard2.1", SKYLAKE, 1, 15, 1, "standard2-core-count"],
    ["VM.Standard2.2", SKYLAKE, 2, 30, 2, "standard2-core-count"],
    ["VM.Standard2.4", SKYLAKE, 4, 60, 4.1, "standard2-core-count"],
    ["VM.Standard2.8", SKYLAKE, 8, 120, 8.2, "standard2-core-count"],
    ["VM.Standard.E2.1", "2.0 GHz AMD EPYC™ 7551 (Naples)", 1, 8, 0.7, "standard-e2-core-count"],
    ["VM.Standard.E2.2", "2.0 GHz AMD EPYC™ 7551 (Naples)", 2, 16, 1.4, "standard-e2-core-count"],
    ["BM.Standard.E4.128", MILAN, 128, 2048, 100, "standard-e4-core-count"],
    ["BM.Standard.A1.160", ALTRA, 160, 1024, 100, "standard-a1-core-count"],
  ] as const
).map(([name, processor, ocpus, memoryGib, gbps, quotaName]) =>
  fixedShape({ name, processor, ocpus, memoryGib, gbps, quotaName }),
);

const SPECIAL: readonly ShapePayload[] = [
  fixedShape({
    name: "VM.GPU.A10.1",
    processor: ICE_LAKE,
    ocpus: 15,
    memoryGib: 240,
    gbps: 24,
    quotaName: "gpu-a10-count",
    gpus: 1,
    gpuDescription: "NVIDIA® A10",
  }),
  fixedShape({
    name: "BM.GPU4.8",
    processor: "2.9 GHz AMD EPYC™ 7542 (Rome)",
    ocpus: 64,
    memoryGib: 2048,
    gbps: 50,
    quotaName: "gpu4-count",
    gpus: 8,
    gpuDescription: "NVIDIA® A100 40GB",
    localDisks: 4,
    localDisksGib: 27_200,
    rdmaGbps: 1600,
  }),
  fixedShape({
    name: "BM.HPC2.36",
    processor: "3.0 GHz Intel® Xeon® 6154 (Skylake)",
    ocpus: 36,
    memoryGib: 384,
    gbps: 25,
    quotaName: "hpc2-core-count",
    localDisks: 1,
    localDisksGib: 6400,
    rdmaGbps: 100,
  }),
];

/** A shape and where it is offered, by AD number. */
export interface CatalogueEntry {
  readonly payload: ShapePayload;
  /** Absent: in every availability domain. */
  readonly adNumbers?: readonly number[];
}

/** Common shapes everywhere, the special ones in two availability domains, as in a real region. */
export const SHAPE_CATALOGUE: readonly CatalogueEntry[] = [
  ...[...FLEXIBLE, ...FIXED, ...SENTINEL_SHAPES].map((payload) => ({ payload })),
  ...SPECIAL.map((payload) => ({ payload, adNumbers: [1, 2] })),
];
