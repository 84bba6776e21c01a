import { describe, expect, it } from "vitest";
import { bootKey } from "../../../../nodectl/domain/capacity-entry.ts";
import { failureReason, retryTimeOf } from "../../../../nodectl/domain/failed-node.ts";
import type { LastWords } from "../../../../nodectl/domain/node-log/last-words.ts";
import {
  failedBootIn,
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
  failure: { stage: "silent", words: "Kernel\tpanic" },
};
const good: Boot = { nodeName: "n-4", imageOcid, offer, failure: undefined };

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

  it.each<LastWords & { text: string }>([
    { stage: "failed", words: "munge : no key", text: "failed, not configured: munge : no key" },
    { stage: "unfinished", words: "could not reach x", text: "failed, not ready in time: could" },
    { stage: "configured", words: "[ OK ]", text: "failed, ready but not heard: [ OK ]" },
    { stage: "silent", words: "Kernel panic", text: "failed: Kernel panic" },
  ])("says how far the last machine had come, and can be read again: $stage", (it) => {
    const { text, ...failure } = it;
    const [entry] = entriesOf({ [key]: 2 }, { ...failed, failure });
    const message = entry?.message ?? "";
    expect(message).toContain(`the last 3 boots of image a ${text}`);
    expect(failedBootIn(message)).toEqual(failure);
  });

  it("is known again in the reason of a node that was not launched for it, however long its words", () => {
    const imageOcid = `ocid1.image.oc1.phx.${"a".repeat(60)}`;
    const failure = { stage: "configured", words: "x".repeat(500) } as const;
    const before = { [bootKey(imageOcid, offer)]: 99 };
    const [entry] = entriesOf(before, { ...failed, imageOcid, failure });
    const message = entry?.message ?? "";
    const reason = failureReason(`${message} for X in AD-1`, 0);
    expect(reason).toContain(message);
    expect(retryTimeOf(reason)).toBe(0);
    expect(failedBootIn(reason)?.stage).toBe("configured");
    expect(failedBootIn("startnode: Out of host capacity for X in AD-1")).toBeUndefined();
  });

  it("takes words that another version wrote for those of a machine that said nothing", () => {
    const text = "the last 3 boots of image a failed, out of sorts: x";
    expect(failedBootIn(text)).toEqual({ stage: "silent", words: "x" });
  });
});
