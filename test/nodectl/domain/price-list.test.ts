import { expect, test } from "vitest";
import { usdPerHour, type PricedInstance } from "../../../nodectl/domain/price-list.ts";

function price(shape: string, overrides: Partial<PricedInstance> = {}): number | undefined {
  return usdPerHour({ shape, lifecycleState: "RUNNING", ...overrides });
}

const size = (ocpus: number, memoryGib: number) => ({ shapeConfig: { ocpus, memoryGib } });

test.each([
  ["VM.Standard.E4.Flex", size(8, 64), 8 * 0.025 + 64 * 0.0015],
  ["VM.Standard.E5.Flex", size(1, 8), 0.046],
  ["VM.Standard3.Flex", size(4, 32), 0.208],
  ["VM.Standard.A1.Flex", size(4, 24), 0.076],
  ["BM.Standard.E4.128", {}, 128 * 0.025 + 2048 * 0.0015],
  ["BM.Optimized3.36", {}, 36 * 0.054 + 512 * 0.0015],
  ["BM.HPC2.36", {}, 2.7],
  ["VM.GPU.A10.1", size(15, 240), 2],
  ["BM.GPU.A10.4", {}, 8],
  ["BM.GPU4.8", size(64, 2048), 24.4],
  ["VM.GPU3.2", {}, 5.9],
  ["BM.GPU.A100-v2.8", {}, 32],
  ["BM.GPU.H100.8", {}, 80],
])("%s costs what Oracle's list says", (shape, overrides, expected) => {
  expect(price(shape, overrides)).toBeCloseTo(expected, 9);
});

test.each(["VM.Standard2.1", "VM.DenseIO.E4.Flex", "VM.Standard.E2.1.Micro", "BM.GPU.B9000.8", ""])(
  "%s has no price in the snapshot, and none is guessed",
  (shape) => {
    expect(price(shape, size(1, 8))).toBeUndefined();
  },
);

test("a flexible shape whose size OCI did not tell has no price", () => {
  expect(price("VM.Standard.E4.Flex")).toBeUndefined();
});

test("preemptible capacity costs half", () => {
  const preemptible = { ...size(8, 64), capacityType: "preemptible" } as const;
  expect(price("VM.Standard.E4.Flex", preemptible)).toBeCloseTo(0.148, 9);
});

test.each(["TERMINATING", "TERMINATED"])("what is %s costs nothing", (lifecycleState) => {
  expect(price("BM.GPU.H100.8", { lifecycleState })).toBe(0);
});

test("a stopped standard machine costs nothing, a stopped GPU, disk or board what it always does", () => {
  const stopped = { lifecycleState: "STOPPED" };
  expect(price("VM.Standard.E4.Flex", { ...size(8, 64), ...stopped })).toBe(0);
  expect(price("VM.GPU.A10.1", stopped)).toBe(2);
  expect(price("BM.HPC2.36", stopped)).toBeCloseTo(2.7, 9);
});

test("an instance is counted from its launch on", () => {
  expect(price("VM.GPU.A10.1", { lifecycleState: "PROVISIONING" })).toBe(2);
});
