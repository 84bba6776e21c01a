import { describe, expect, it } from "vitest";
import { bootKey } from "../../../../nodectl/domain/capacity-entry.ts";
import {
  isAboutFailedBoots,
  judgeBoots,
  type Boot,
  type BootFailures,
} from "../../../../nodectl/domain/reconcile/boot-failures.ts";

const imageOcid = "ocid1.image.oc1..a";
const offer = { shape: "VM.Standard.E4.Flex", shapeConfig: { ocpus: 2, memoryGib: 8 } };
const key = bootKey(imageOcid, offer);
const limits = { failuresMax: 3, coolDownMs: 900_000, nowMs: 1_000_000 };
const failed: Boot = {
  ...{ nodeName: "n-3", imageOcid, offer },
  ...{ isSuccess: false, lastWords: "Kernel\tpanic" },
};
const good: Boot = { nodeName: "n-4", imageOcid, offer, isSuccess: true };

function entriesOf(before: BootFailures, ...boots: Boot[]) {
  return judgeBoots(before, boots, limits).entries;
}

describe("judgeBoots()", () => {
  it("closes image and shape at the third failure in a row, with the console's last words", () => {
    expect(entriesOf({}, failed, failed)).toEqual([]);
    expect(entriesOf({ [key]: 2 }, failed)).toEqual([
      {
        key,
        kind: "boot",
        untilMs: 1_900_000,
        message: "the last 3 boots of image a failed: Kernel panic",
        node: "n-3",
      },
    ]);
  });

  it("begins to count anew after a success", () => {
    const { failures, entries } = judgeBoots({ [key]: 2 }, [good, failed], limits);
    expect(failures).toEqual({ [key]: 1 });
    expect(entries).toEqual([]);
  });

  it("opens it again when the one that tries comes up, and closes it once more when it does not", () => {
    expect(entriesOf({ [key]: 3 }, good)).toEqual([{ key, kind: "open", untilMs: 0, message: "" }]);
    expect(entriesOf({ [key]: 3 }, failed)[0]?.message).toMatch(/^the last 4 boots /);
  });

  it("counts each shape and each image apart", () => {
    const other = { ...failed, offer: { shape: "VM.Standard2.1" } };
    const foreign = { ...failed, imageOcid: "ocid1.image.oc1..b" };
    expect(entriesOf({ [key]: 2 }, other, foreign)).toEqual([]);
  });

  it("is known again in the reason of a node that was not launched for it", () => {
    const [entry] = entriesOf({ [key]: 2 }, failed);
    expect(isAboutFailedBoots(`startnode: ${entry?.message ?? ""} for X in AD-1`)).toBe(true);
    expect(isAboutFailedBoots("startnode: Out of host capacity for X in AD-1")).toBe(false);
  });
});
