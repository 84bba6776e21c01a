import { expect, test } from "vitest";
import {
  bootKey,
  capacityKey,
  limitKey,
  parseCapacityEntry,
  type CapacityEntry,
} from "../../../../nodectl/domain/capacity-entry.ts";
import type { Placement } from "../../../../nodectl/domain/placement.ts";
import { coolDownsOf } from "../../../../nodectl/domain/status/cool-downs.ts";

const PLACEMENT: Placement = {
  shape: "VM.Standard.E4.Flex",
  shapeConfig: { ocpus: 8, memoryGib: 64 },
  availabilityDomain: "Uocm:PHX-AD-1",
  capacityType: "on-demand",
};
const NOW_MS = 1_000;

function entry(overrides: Partial<CapacityEntry> = {}): CapacityEntry {
  const key = capacityKey(PLACEMENT);
  return { key, kind: "capacity", untilMs: 2_000, message: "Out of host capacity.", ...overrides };
}

test("a place and its fault domains are one cool-down, until the last of them ends", () => {
  const single = capacityKey({ ...PLACEMENT, faultDomain: "FAULT-DOMAIN-1" });
  expect(coolDownsOf([entry(), entry({ key: single, untilMs: 3_000 })], NOW_MS)).toEqual([
    {
      shape: "VM.Standard.E4.Flex.8.64",
      availabilityDomain: "PHX-AD-1",
      capacityType: "on-demand",
      kind: "capacity",
      untilMs: 3_000,
      message: "Out of host capacity.",
    },
  ]);
});

test("a service limit is told apart from a lack of machines", () => {
  const limit = entry({ key: limitKey(PLACEMENT), kind: "limit" });
  expect(coolDownsOf([entry(), limit], NOW_MS).map(({ kind }) => kind)).toEqual([
    "capacity",
    "limit",
  ]);
});

test("what has ended, was opened again, or is none of our keys is left out", () => {
  expect(coolDownsOf([entry({ untilMs: NOW_MS })], NOW_MS)).toEqual([]);
  expect(coolDownsOf([entry(), entry({ kind: "open", untilMs: 0 })], NOW_MS)).toEqual([]);
  expect(coolDownsOf([entry({ key: "something else" })], NOW_MS)).toEqual([]);
});

test("boots that fail are a cool-down of their image and shape, with the node that failed last", () => {
  const key = bootKey("ocid1.image.oc1..a", PLACEMENT);
  const boot = entry({
    key,
    kind: "boot",
    message: "the last 3 boots of image …sabcd123 failed: panic",
    node: "n-3",
  });
  const read = parseCapacityEntry(JSON.stringify(boot));
  expect(read).toEqual(boot);
  expect(coolDownsOf(read === undefined ? [] : [read], NOW_MS)).toEqual([
    {
      kind: "boot",
      shape: "VM.Standard.E4.Flex.8.64",
      imageOcid: "ocid1.image.oc1..a",
      untilMs: 2_000,
      message: "the last 3 boots of image …sabcd123 failed: panic",
      node: "n-3",
    },
  ]);
  const opened = entry({ key, kind: "open", untilMs: 0 });
  expect(coolDownsOf([boot, opened], NOW_MS)).toEqual([]);
});
