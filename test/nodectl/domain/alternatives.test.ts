import { describe, expect, it } from "vitest";
import { indexNodes, formatNodesFile, parseNodesFile } from "../../../nodectl/domain/nodes-file.ts";
import { rankPlacements } from "../../../nodectl/domain/placement.ts";
import { plan, validPlan } from "./region.ts";

function problemsOf(text: string): string[] {
  const planned = plan(text);
  return planned.kind === "valid" ? [] : planned.problems.map(({ message }) => message);
}

function shapes(alternatives: string, shape = "VM.Standard.E4.Flex.8.64"): string {
  return `${shape}:\n  count: {1: 2}\n  alternatives: ${alternatives}\n`;
}

describe("alternatives and preemptible of limits.yaml", () => {
  it("are carried to nodes.json with the places where they are offered", () => {
    const text = `
VM.Standard2.1:
  count: 3
  alternatives: [VM.Standard.E4.Flex.1.16, VM.Standard.E5.Flex.2.16]
  preemptible: first
`;
    const [group] = validPlan(text).groups;
    const ads = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2", "Uocm:PHX-AD-3"];
    expect(group?.specification).toEqual({
      shape: "VM.Standard2.1",
      availabilityDomains: ads,
      preemptible: "first",
      alternatives: [
        {
          shape: "VM.Standard.E4.Flex",
          shapeConfig: { ocpus: 1, memoryGib: 16 },
          availabilityDomains: ads,
        },
        {
          shape: "VM.Standard.E5.Flex",
          shapeConfig: { ocpus: 2, memoryGib: 16 },
          availabilityDomains: ads,
        },
      ],
    });
  });

  it("of a fixed availability domain stay in it", () => {
    const [group] = validPlan(shapes("[VM.Standard.E5.Flex.8.64]")).groups;
    expect(group?.specification.alternatives).toMatchObject([
      { availabilityDomains: ["Uocm:PHX-AD-1"] },
    ]);
  });

  it("come back from nodes.json as they were written", () => {
    const groups = validPlan(shapes("VM.Standard.E5.Flex.8.64")).groups;
    const file = { version: 1, generation: "g", clusterId: "mouse", groups } as const;
    const read = parseNodesFile(formatNodesFile(file), "nodes.json");
    if (read.kind === "invalid") throw new Error(JSON.stringify(read.problems));
    const specification = indexNodes(read.value).get("vm-standard-e4-flex-8-64-ad1-0002");
    expect(specification).toEqual(groups[0]?.specification);
  });

  it.each([
    ["[VM.Standard.E4.Flex.4.64]", "this has 8 CPUs, fewer than 16"],
    ["[VM.Standard.E4.Flex.8.32]", /MiB for jobs, less than/],
    ["[VM.Standard.A1.Flex.16.64]", /this is aarch64/],
    ["[VM.Standard.E4.Flex]", /a flexible shape without sizes/],
    ["[VM.Standard.E9.Flex.8.64]", "this region has no shape VM.Standard.E9.Flex"],
  ])("refuses %s for a node of 8 OCPUs and 64 GB", (alternatives, message) => {
    expect(problemsOf(shapes(alternatives))).toEqual([
      typeof message === "string" ? message : expect.stringMatching(message),
    ]);
  });

  it("refuses an alternative that the availability domain does not offer, and other GPUs", () => {
    const elsewhere = "VM.Standard2.1:\n  count: {1: 1}\n  alternatives: [VM.GPU.A10.1]\n";
    expect(problemsOf(elsewhere)).toEqual(["Uocm:PHX-AD-1 does not offer VM.GPU.A10.1"]);
    const others = "VM.GPU.A10.1:\n  count: {3: 1}\n  alternatives: [BM.GPU4.8, VM.GPU.A10.2]\n";
    expect(problemsOf(others)).toEqual(["its GPUs are a100, not a10"]);
  });

  it.each([
    ["preemptible: true", "only"],
    ["preemptible: first", "first"],
    ["preemptible: false", undefined],
  ])("reads %s", (line, expected) => {
    const [group] = validPlan(`VM.Standard2.1:\n  count: 1\n  ${line}\n`).groups;
    expect(group?.specification.preemptible).toBe(expected);
  });

  it("refuses preemptible bare metal and other words", () => {
    expect(problemsOf("BM.HPC2.36:\n  count: 1\n  preemptible: true\n")).toEqual([
      "BM.HPC2.36 cannot be preemptible",
    ]);
    expect(problemsOf("VM.Standard2.1:\n  count: 1\n  preemptible: last\n")).toEqual([
      "this is not a choice",
    ]);
  });
});

describe("rankPlacements()", () => {
  const [AD1, AD2] = ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"];

  it("spreads nodes of any availability domain by their number, always in the same way", () => {
    const specification = { shape: "VM.Standard2.1", availabilityDomains: [AD1, AD2] };
    const first = (name: string): string | undefined =>
      rankPlacements(name, specification)[0]?.availabilityDomain;
    expect([first("n-0001"), first("n-0002"), first("n-0001")]).toEqual([AD2, AD1, AD2]);
  });

  it("tries every shape and place as preemptible capacity before it pays in full", () => {
    const ranked = rankPlacements("n-0002", {
      shape: "VM.Standard2.1",
      availabilityDomains: [AD1],
      alternatives: [{ shape: "VM.Standard2.2", availabilityDomains: [AD1] }],
      preemptible: "first",
    });
    expect(ranked).toHaveLength(16);
    expect(ranked.slice(0, 8).every((it) => it.capacityType === "preemptible")).toBe(true);
    expect(ranked.map(({ shape }) => shape).indexOf("VM.Standard2.2")).toBe(4);
    expect(ranked.at(-1)).toEqual({
      shape: "VM.Standard2.2",
      availabilityDomain: AD1,
      faultDomain: "FAULT-DOMAIN-3",
      capacityType: "on-demand",
    });
  });
});

describe("the image of nodes with alternatives", () => {
  const image = "ocid1.image.oc1.phx.aaaa";
  const text = `
VM.Standard.E4.Flex.8.64:
  count: 2
  image: ${image}
  alternatives: [VM.Standard.E5.Flex.8.64]
`;

  it("must run on each of them: OCI would refuse the launch", () => {
    const planned = plan(text, undefined, new Map([[image, new Set(["VM.Standard.E4.Flex"])]]));
    if (planned.kind === "valid") throw new Error("it was taken");
    expect(planned.problems).toMatchObject([
      {
        line: 5,
        message: "the image of these nodes does not run on VM.Standard.E5.Flex",
        fix: expect.stringContaining("leave it out") as string,
      },
    ]);
  });

  it("is in order when it runs on all", () => {
    const names = new Set(["VM.Standard.E4.Flex", "VM.Standard.E5.Flex"]);
    expect(plan(text, undefined, new Map([[image, names]])).kind).toBe("valid");
  });
});
