import { Catalogue } from "../../../nodectl/domain/catalogue.ts";
import { planCluster } from "../../../nodectl/domain/cluster-plan.ts";
import type { ClusterPlan } from "../../../nodectl/domain/cluster-plan.ts";
import type { ImageShapes } from "../../../nodectl/domain/image-check.ts";
import { readLimits } from "../../../nodectl/domain/limits.ts";
import type { Problem } from "../../../nodectl/domain/problem.ts";
import type { Checked } from "../../../nodectl/domain/result.ts";
import type { Shape } from "../../../nodectl/domain/shape.ts";
import { parsePositionedYaml } from "../../../nodectl/files/positioned-yaml.ts";

/** A region of three availability domains with shapes of every kind, for the tests of what finish decides. */

function flexible(name: string, ocpusMax: number, memoryGibMax: number, processor: string): Shape {
  return {
    name,
    ocpus: 1,
    memoryGib: 16,
    gpus: 0,
    processorDescription: processor,
    flexible: {
      ocpusMin: 1,
      ocpusMax,
      memoryGibMin: 1,
      memoryGibMax,
      memoryGibPerOcpuMin: 1,
      memoryGibPerOcpuMax: 64,
    },
  };
}

function fixed(name: string, ocpus: number, memoryGib: number, gpus = 0, gpu?: string): Shape {
  return { name, ocpus, memoryGib, gpus, ...(gpu !== undefined && { gpuDescription: gpu }) };
}

const AMD = "2.55 GHz AMD EPYC™ 7J13 (Milan)";
const ARM = "3.0 GHz Ampere® Altra™";
export const SHAPES = {
  e4Flex: flexible("VM.Standard.E4.Flex", 64, 1024, AMD),
  e5Flex: flexible("VM.Standard.E5.Flex", 94, 1049, AMD),
  a1Flex: flexible("VM.Standard.A1.Flex", 76, 472, ARM),
  a2Flex: flexible("VM.Standard.A2.Flex", 78, 946, "3.0 GHz AmpereOne®"),
  standard21: fixed("VM.Standard2.1", 1, 15),
  gpuA101: fixed("VM.GPU.A10.1", 15, 240, 1, "NVIDIA® A10"),
  gpuA102: fixed("VM.GPU.A10.2", 30, 480, 2, "NVIDIA® A10"),
  bmHpc2: fixed("BM.HPC2.36", 36, 384),
  bmGpu4: fixed("BM.GPU4.8", 64, 2048, 8, "8 x NVIDIA® A100"),
  bmMi300: fixed("BM.GPU.MI300X.8", 112, 2048, 8, "AMD Instinct™ MI300X"),
} as const;

const everywhere = [SHAPES.e4Flex, SHAPES.e5Flex, SHAPES.standard21, SHAPES.bmHpc2];

export const REGION = new Catalogue(
  [
    { name: "Uocm:PHX-AD-1", shapes: [...everywhere, SHAPES.a1Flex, SHAPES.bmMi300] },
    { name: "Uocm:PHX-AD-2", shapes: [...everywhere, SHAPES.a1Flex, SHAPES.a2Flex] },
    {
      name: "Uocm:PHX-AD-3",
      shapes: [...everywhere, SHAPES.gpuA101, SHAPES.gpuA102, SHAPES.bmGpu4],
    },
  ],
  "Uocm:PHX-AD-",
);

/** All that finish does with a limits.yaml before it writes anything. */
export function plan(
  text: string,
  region: Catalogue = REGION,
  images: ImageShapes = new Map(),
): Checked<ClusterPlan> {
  const file = parsePositionedYaml(text, "limits.yaml");
  if (file.kind === "invalid") return file;
  return planCluster(readLimits(file.value, "limits.yaml"), region, images);
}

export function validPlan(text: string, region: Catalogue = REGION): ClusterPlan {
  const planned = plan(text, region);
  if (planned.kind === "invalid") throw new Error(JSON.stringify(planned.problems, undefined, 1));
  return planned.value;
}

export function problemsOf(text: string, region: Catalogue = REGION): readonly Problem[] {
  const planned = plan(text, region);
  return planned.kind === "invalid" ? planned.problems : [];
}
