import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { CapacityMemory } from "../../../nodectl/commands/capacity-memory.ts";
import { bootKey, type CapacityEntry } from "../../../nodectl/domain/capacity-entry.ts";
import { silentLog } from "./silent-log.ts";

const IMAGE = "ocid1.image.oc1..a";
const placement = {
  shape: "VM.Standard2.1",
  availabilityDomain: "Uocm:PHX-AD-1",
  capacityType: "on-demand",
} as const;
const entry: CapacityEntry = {
  key: bootKey(IMAGE, placement),
  kind: "boot",
  untilMs: 100_000,
  message: "the last 3 boots of image a failed: panic",
};

function memoryWith(
  stored: CapacityEntry[],
  nowMs: () => number,
  read: () => Promise<readonly CapacityEntry[]> = () => Promise.resolve([...stored]),
): CapacityMemory {
  return new CapacityMemory({
    store: {
      read,
      add: (added) => Promise.resolve(void stored.push(added)),
    },
    ...{ log: silentLog, nowMs, imageOcid: IMAGE },
    ...{ capacityCoolDownMs: 1, limitCoolDownMs: 1, bootMs: 50_000 },
  });
}

it("launches nothing of an image and shape whose boots fail, and says why", async () => {
  const memory = memoryWith([entry], () => 99_999);
  expect(await memory.look(placement, "n-1")).toMatchObject({
    kind: "closed",
    untilMs: 100_000,
    message: "the last 3 boots of image a failed: panic",
  });
  expect(await memory.look(placement, "n-1", "ocid1.image.oc1..b")).toEqual({ kind: "open" });
  expect(await memory.look({ ...placement, shape: "VM.Standard2.2" }, "n-1")).toEqual({
    kind: "open",
  });
});

it("lets one node try when it is time, of all runs, and the others wait for its boot", async () => {
  const stored = [entry];
  const memory = memoryWith(stored, () => 100_000);
  expect(await memory.look(placement, "n-1")).toEqual({ kind: "open" });
  expect(await memory.look(placement, "n-2")).toMatchObject({ kind: "closed", untilMs: 150_000 });
  const otherRun = memoryWith(stored, () => 100_500);
  expect(await otherRun.look(placement, "n-1")).toMatchObject({ kind: "closed", untilMs: 150_000 });
});

it("keeps all nodes of a run that has just begun from it, not only the one that reads the file", async () => {
  const read = async (): Promise<readonly CapacityEntry[]> => {
    await setImmediate();
    return [entry];
  };
  const memory = memoryWith([], () => 99_999, read);
  const looks = await Promise.all(["n-1", "n-2"].map((name) => memory.look(placement, name)));
  expect(looks.map(({ kind }) => kind)).toEqual(["closed", "closed"]);
});

it("launches again when reconcile has seen the try succeed", async () => {
  const open = { key: entry.key, kind: "open", untilMs: 0, message: "" } as const;
  const memory = memoryWith([entry, open], () => 1);
  expect(await memory.look(placement, "n-1")).toEqual({ kind: "open" });
});

it("lets the node that tries go on in other places until its launch is accepted", async () => {
  const memory = memoryWith([entry], () => 100_000);
  const elsewhere = { ...placement, availabilityDomain: "Uocm:PHX-AD-2" };
  expect(await memory.look(placement, "n-1")).toEqual({ kind: "open" });
  await memory.settle(placement, { kind: "capacity", message: "Out of host capacity" });
  expect(await memory.look(elsewhere, "n-1")).toEqual({ kind: "open" });
  expect(await memory.look(elsewhere, "n-2")).toMatchObject({ kind: "closed" });
  await memory.settle(elsewhere, { kind: "accepted", nodeName: "n-1" });
  expect(await memory.look(elsewhere, "n-1")).toMatchObject({ kind: "closed", untilMs: 150_000 });
});
