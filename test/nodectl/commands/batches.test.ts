import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Batches } from "../../../nodectl/commands/batches.ts";
import { VirtualClock } from "./virtual-clock.ts";

let delivered: (readonly string[])[];
let unhandled: unknown[];
const remember = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  delivered = [];
  unhandled = [];
  process.on("unhandledRejection", remember);
});

afterEach(() => {
  process.off("unhandledRejection", remember);
});

function batches(deliver: (items: readonly string[]) => Promise<void>): Batches<string> {
  return new Batches(new VirtualClock(), async (items) => {
    delivered.push(items);
    await deliver(items);
  });
}

describe("Batches", () => {
  it("delivers together what comes together, and later what comes meanwhile", async () => {
    const some = batches(() => {
      if (delivered.length === 1) some.add("c");
      return Promise.resolve();
    });
    some.add("a");
    some.add("b");
    await some.drain();
    expect(delivered).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps the error of a delivery until somebody drains, and ends no process with it", async () => {
    const some = batches(() => Promise.reject(new Error("a bug")));
    some.add("a");
    while (delivered.length === 0) await setImmediate();
    // Twice round the event loop: by then Node has told of a rejection that nobody handles.
    await setImmediate();
    await setImmediate();
    expect(unhandled).toEqual([]);
    await expect(some.drain()).rejects.toThrow("a bug");
  });

  it("delivers what is added after an error, and still tells of the error", async () => {
    const some = batches(([first]) =>
      first === "a" ? Promise.reject(new Error("a bug")) : Promise.resolve(),
    );
    some.add("a");
    await expect(some.drain()).rejects.toThrow("a bug");
    some.add("b");
    await expect(some.drain()).rejects.toThrow("a bug");
    expect(delivered).toEqual([["a"], ["b"]]);
  });
});
