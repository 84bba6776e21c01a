import { describe, expect, it } from "vitest";
import {
  amountOf,
  judgeLimits,
  limitNeeds,
  type LimitNeed,
} from "../../../../nodectl/domain/doctor/service-limits.ts";
import type { NodeGroup } from "../../../../nodectl/domain/launch-specification.ts";
import type { Shape } from "../../../../nodectl/domain/shape.ts";

const AD1 = "Uocm:PHX-AD-1";
const AD2 = "Uocm:PHX-AD-2";
const FLEX: Shape = {
  ...{ name: "VM.Standard.E4.Flex", ocpus: 1, memoryGib: 16, gpus: 0 },
  quotaNames: [
    ...["standard-e4-core-count", "standard-e4-memory-count"],
    ...["standard-e4-core-reserved-count", "some-other-count"],
  ],
};
const GPU: Shape = {
  ...{ name: "VM.GPU.A10.2", ocpus: 30, memoryGib: 480, gpus: 2 },
  quotaNames: ["gpu-a10-count"],
};
const GROUPS: readonly NodeGroup[] = [
  {
    names: "flex-ad1-[0001-0010]",
    specification: {
      shape: FLEX.name,
      shapeConfig: { ocpus: 8, memoryGib: 64 },
      availabilityDomains: [AD1],
    },
  },
  { names: "gpu-[0001-0002]", specification: { shape: GPU.name, availabilityDomains: [AD1, AD2] } },
];

describe("amountOf()", () => {
  it("counts in the limit's own unit, and leaves out what it does not know", () => {
    const amounts = [...(FLEX.quotaNames ?? [])].map((name) => amountOf(name, FLEX));
    expect(amounts).toEqual([1, 16, undefined, undefined]);
    expect(amountOf("gpu-a10-count", GPU)).toBe(2);
  });
});

describe("limitNeeds()", () => {
  it("adds up what the nodes that do not run would take", () => {
    const running = new Set(["flex-ad1-0003"]);
    expect(limitNeeds(GROUPS, [FLEX, GPU], running)).toEqual([
      {
        ...{ limitName: "standard-e4-core-count", availabilityDomains: [AD1] },
        ...{ amount: 72, amountOfOne: 8, isInUse: true },
      },
      {
        ...{ limitName: "standard-e4-memory-count", availabilityDomains: [AD1] },
        ...{ amount: 576, amountOfOne: 64, isInUse: true },
      },
      {
        ...{ limitName: "gpu-a10-count", availabilityDomains: [AD1, AD2] },
        ...{ amount: 4, amountOfOne: 2, isInUse: false },
      },
    ]);
  });

  it("needs nothing for nodes that all run, that are retired, or whose shape is not known", () => {
    const [flex] = GROUPS;
    const running = new Set(["gpu-0001", "gpu-0002"]);
    const retired = flex === undefined ? [] : [{ ...flex, isRetired: true }];
    expect(limitNeeds(retired, [FLEX], new Set())).toEqual([]);
    expect(limitNeeds(GROUPS, [GPU], running)).toEqual([]);
  });
});

describe("judgeLimits()", () => {
  const need: LimitNeed = {
    ...{ limitName: "standard-e4-core-count", availabilityDomains: [AD1, AD2] },
    ...{ amount: 80, amountOfOne: 8, isInUse: false },
  };

  it("is content when the places together leave enough", () => {
    expect(judgeLimits([need], () => 40)).toEqual([
      { kind: "ok", seen: "1 limit leaves room for all nodes of nodes.json" },
    ]);
  });

  it("warns when not all nodes could run at once", () => {
    expect(judgeLimits([need], (_, domain) => (domain === AD1 ? 0 : 79))).toEqual([
      {
        kind: "warning",
        seen: `standard-e4-core-count: 79 OCPUs left in ${AD1}, ${AD2}, and the nodes that are off take 80`,
        fix: expect.stringContaining("limits.yaml") as string,
      },
    ]);
  });

  it("finds a limit that lets none of them start", () => {
    expect(judgeLimits([need], () => 7)).toMatchObject([{ kind: "wrong" }]);
    expect(judgeLimits([{ ...need, isInUse: true }], () => 7)).toMatchObject([{ kind: "warning" }]);
  });

  it("lets nodes that are bound to one place have theirs first", () => {
    const bound = { ...need, availabilityDomains: [AD1], amount: 30 };
    expect(judgeLimits([need, bound], () => 50)).toMatchObject([
      { kind: "warning", seen: expect.stringContaining(": 70 OCPUs left") as string },
    ]);
  });

  it("judges nothing of what OCI does not tell", () => {
    expect(judgeLimits([need], () => undefined)).toMatchObject([{ kind: "ok" }]);
  });
});
