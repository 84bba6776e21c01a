import { expect, it } from "vitest";
import { exitUsage, together } from "./usage.ts";

it("takes peak memory from VmHWM and both kinds of processor time", () => {
  const status = "Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t  100000 kB\nVmRSS:\t   50000 kB\n";
  expect(exitUsage({ user: 1_500_000, system: 250_000 }, status)).toEqual({
    cpuSeconds: 1.75,
    residentMbMax: 102.4,
  });
});

it("does not guess when the kernel says nothing", () => {
  expect(() => exitUsage({ user: 1, system: 1 }, "Name:\tnode\n")).toThrow("VmHWM");
});

it("adds up processor time and takes the largest memory of several processes", () => {
  const one = { cpuSeconds: 1, residentMbMax: 80 };
  expect(together([one, { cpuSeconds: 2, residentMbMax: 70 }])).toEqual({
    cpuSeconds: 3,
    residentMbMax: 80,
  });
  expect(together([])).toBeUndefined();
});
