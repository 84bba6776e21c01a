import { describe, expect, it } from "vitest";
import { architectureOf, hardwareOf, realMemoryMib } from "../../../nodectl/domain/shape.ts";
import type { Shape } from "../../../nodectl/domain/shape.ts";
import { SHAPES } from "./region.ts";

const size = { ocpus: 8, memoryGib: 64 };

describe("architectureOf()", () => {
  it.each([
    ["VM.Standard.E4.Flex", undefined, "x86_64"],
    ["VM.Standard.A1.Flex", undefined, "aarch64"],
    ["BM.Standard.A1.160", undefined, "aarch64"],
    ["VM.Standard.A4.Flex", undefined, "aarch64"],
    ["VM.GPU.A10.1", "2.6 GHz Intel® Xeon® Platinum 8358 (Ice Lake)", "x86_64"],
    ["BM.GPU.A100-v2.8", "AMD EPYC™ 7J13 (Milan)", "x86_64"],
    ["BM.GPU.GB200.4", "3.4 GHz NVIDIA Grace™ (Arm Neoverse V2)", "aarch64"],
    ["VM.Standard.X9.Flex", "3.0 GHz Ampere® Altra™", "aarch64"],
  ])("of %s (%s) is %s", (name, processorDescription, architecture) => {
    const shape: Shape = {
      ...SHAPES.standard21,
      name,
      ...(processorDescription !== undefined && { processorDescription }),
    };
    expect(architectureOf(shape)).toBe(architecture);
  });
});

describe("hardwareOf()", () => {
  it.each([
    ["two threads an OCPU on x86", SHAPES.e4Flex, size, [16, 1, 8, 2]],
    ["one core an OCPU on A1", SHAPES.a1Flex, size, [8, 1, 8, 1]],
    ["two cores an OCPU on A2", SHAPES.a2Flex, size, [16, 1, 16, 1]],
    ["a fixed shape's own OCPUs", SHAPES.standard21, undefined, [2, 1, 1, 2]],
    ["two sockets on bare metal", SHAPES.bmHpc2, undefined, [72, 2, 18, 2]],
  ] as const)("counts %s", (_, shape, chosen, [cpus, sockets, coresPerSocket, threadsPerCore]) => {
    expect(hardwareOf(shape, chosen)).toMatchObject({
      cpus,
      sockets,
      coresPerSocket,
      threadsPerCore,
    });
  });

  it.each([
    ["NVIDIA® A10", "a10"],
    ["1 x NVIDIA Tesla® V100", "v100"],
    ["8 x NVIDIA® H100 80GB", "h100"],
    ["NVIDIA A100-SXM4-40GB", "a100"],
    ["4x NVIDIA L40S", "l40s"],
    ["AMD Instinct™ MI300X", "mi300x"],
  ])("takes the model from %j", (gpuDescription, gpuType) => {
    const hardware = hardwareOf({ ...SHAPES.gpuA102, gpuDescription }, undefined);
    expect(hardware).toMatchObject({ gpus: 2, gpuType });
  });

  it("takes the model from the shape's name when no description has it", () => {
    const { name, ocpus, memoryGib, gpus } = SHAPES.bmMi300;
    const undescribed = { name, ocpus, memoryGib, gpus };
    expect(hardwareOf(undescribed, undefined).gpuType).toBe("mi300x");
    expect(hardwareOf({ ...undescribed, name: "BM.GPU4.8" }, undefined).gpuType).toBeUndefined();
  });

  it("names no model without a GPU", () => {
    expect(hardwareOf(SHAPES.e4Flex, size).gpuType).toBeUndefined();
  });
});

describe("realMemoryMib()", () => {
  it.each([1, 2, 15, 16, 64, 384, 2048])("of %i GiB is below what Linux reports", (memoryGib) => {
    const totalMib = memoryGib * 1024;
    const pageStructuresMib = totalMib / 64;
    const reportedMib = totalMib - pageStructuresMib - 200;
    expect(realMemoryMib(memoryGib)).toBeLessThanOrEqual(reportedMib);
    expect(realMemoryMib(memoryGib)).toBeGreaterThanOrEqual(totalMib / 2);
    expect(Number.isInteger(realMemoryMib(memoryGib))).toBe(true);
  });

  it("wastes little of a large node", () => {
    expect(realMemoryMib(1024)).toBeGreaterThan(0.95 * 1024 * 1024);
  });
});
