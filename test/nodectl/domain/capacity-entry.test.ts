import { expect, it } from "vitest";
import {
  bootKey,
  entriesToKeep,
  type CapacityEntry,
} from "../../../nodectl/domain/capacity-entry.ts";
import { judgeBoots } from "../../../nodectl/domain/reconcile/boot-failures.ts";

const NOW_MS = 1_000_000;

/** Of an image of its own; as long as entries become. */
function failedBoot(number: number, untilMs: number): CapacityEntry {
  const imageOcid = `ocid1.image.oc1.phx.${"a".repeat(60)}${number}`;
  const offer = { shape: "VM.Standard.E4.Flex", shapeConfig: { ocpus: 64, memoryGib: 1024 } };
  const failure = { stage: "configured", words: "x".repeat(999) } as const;
  const boot = { nodeName: `vm-standard-e4-flex-64-1024-ad1-${number}`, imageOcid, offer, failure };
  const limits = { failuresMax: 3, coolDownMs: 0, nowMs: untilMs };
  const [entry] = judgeBoots({ [bootKey(imageOcid, offer)]: 99 }, [boot], limits).entries;
  if (entry === undefined) throw new Error("the breaker has not opened");
  return entry;
}

it("keeps what still counts, and of what does not only boots: a placement costs a call", () => {
  const placement = { key: "a", kind: "capacity", message: "" } as const;
  const kept = { ...placement, untilMs: NOW_MS + 1 };
  const boot = failedBoot(1, NOW_MS);
  expect(entriesToKeep([{ ...placement, key: "b", untilMs: NOW_MS }, boot, kept], NOW_MS)).toEqual([
    kept,
    boot,
  ]);
});

it("keeps the newest of those boots, in less than half of the room at which the file is written anew", () => {
  const boots = Array.from({ length: 500 }, (_, index) => failedBoot(index, NOW_MS - 500 + index));
  const kept = entriesToKeep(boots, NOW_MS);
  expect(kept.map(({ untilMs }) => NOW_MS - untilMs)).toEqual(
    Array.from({ length: 64 }, (_, index) => index + 1),
  );
  expect(Buffer.byteLength(kept.map((entry) => JSON.stringify(entry)).join("\n"))).toBeLessThan(
    32 * 1024,
  );
});
