import { expect, it } from "vitest";
import { Threads } from "./threads.ts";

it("lets one thread do one work at a time, in order, and go on after a failure", async () => {
  const loop = new Threads(1);
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

it("gives the next work to whichever thread is free first", async () => {
  const threads = new Threads(2);
  const begun: string[] = [];
  const work = (name: string, until: Promise<void>) =>
    threads.blocking(async () => {
      begun.push(name);
      await until;
    });
  let endSlow = (): void => undefined;
  const slow = work("slow", new Promise((resolve) => (endSlow = resolve)));
  await Promise.all(["b", "c", "d"].map((name) => work(name, Promise.resolve())));
  expect(begun).toEqual(["slow", "b", "c", "d"]);
  endSlow();
  await slow;
});
