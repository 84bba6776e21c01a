import { expect, it } from "vitest";
import { SerialLoop } from "./serial-loop.ts";

it("lets one work at a time, in order, and goes on after a failure", async () => {
  const loop = new SerialLoop();
  const events: string[] = [];
  const work = (name: string, isToFail = false) =>
    loop.blocking(async () => {
      events.push(`${name} begins`);
      await Promise.resolve();
      events.push(`${name} ends`);
      if (isToFail) throw new Error(name);
    });
  const results = await Promise.allSettled([work("a"), work("b", true), work("c")]);
  expect(events).toEqual(["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
