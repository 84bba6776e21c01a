import { describe, expect, it } from "vitest";
import { gresConfBody, gresTypes } from "../../../nodectl/domain/gres-conf.ts";
import type { NodeGroup } from "../../../nodectl/domain/launch-specification.ts";

function groupWith(gres: string | undefined): NodeGroup {
  return {
    names: "gpu-[0001-0002]",
    specification: { shape: "VM.GPU.A10.2", availabilityDomains: ["Uocm:PHX-AD-1"] },
    slurm: { options: gres === undefined ? {} : { Gres: gres }, partitions: ["compute"] },
  };
}

describe("gresConfBody()", () => {
  it.each([
    ["gpu:a10:2", ["Name=gpu Type=a10 File=/dev/nvidia[0-1]"]],
    ["gpu:a10:1", ["Name=gpu Type=a10 File=/dev/nvidia0"]],
    ["gpu:8", ["Name=gpu File=/dev/nvidia[0-7]"]],
    ["gpu:mi300x:8", ["Name=gpu Type=mi300x File=/dev/dri/renderD[128-135]"]],
    [
      "gpu:a10:2,gpu:a100:1",
      ["Name=gpu Type=a10 File=/dev/nvidia[0-1]", "Name=gpu Type=a100 File=/dev/nvidia2"],
    ],
    ["gpu:a10:1,scratch:100G", ["Name=gpu Type=a10 File=/dev/nvidia0", "Name=scratch Count=100G"]],
  ])("of Gres=%s names the devices", (gres, lines) => {
    const expected = lines.map((line) => `NodeName=gpu-[0001-0002] ${line}`);
    expect(gresConfBody([groupWith(undefined), groupWith(gres)])).toBe(`${expected.join("\n")}\n`);
  });

  it("is a comment where no node has any", () => {
    expect(gresConfBody([groupWith(undefined)])).toMatch(/^# .+\n$/);
    expect(gresConfBody([])).toMatch(/^# .+\n$/);
  });
});

describe("gresTypes()", () => {
  it("names each resource once", () => {
    expect(gresTypes([groupWith("gpu:a10:2"), groupWith("scratch:5,gpu:1")])).toEqual([
      "gpu",
      "scratch",
    ]);
    expect(gresTypes([groupWith(undefined)])).toEqual([]);
  });
});
