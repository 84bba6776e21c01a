import { describe, expect, it } from "vitest";
import { surviveKill } from "./storm/kill.ts";
import { planStorm } from "./storm/storm-plan.ts";
import { weatherStorm } from "./storm/storm.ts";
import { WEATHERS } from "./storm/weather.ts";

/** Few, and between them every weather. The long run has two hundred (test/long/storms.test.ts). */
const SEEDS = [1, 3, 5, 11, 20, 73, 76];

/** A run of startnode, one of stopnode, and what they need to come up, each at its own bound. */
const TIMEOUT_MS = 150_000;

describe("startnode in a storm of faults", { timeout: TIMEOUT_MS }, () => {
  it("meets every weather in these seeds", () => {
    const met = new Set(SEEDS.flatMap((seed) => planStorm(seed).weather));
    expect([...met].sort()).toEqual(WEATHERS.map(({ name }) => name).sort());
  });

  it.each(SEEDS)("settles every node: seed %i", async (seed) => {
    await weatherStorm(seed);
  });
});

describe(
  "startnode, killed between two launches of a resume of 100 nodes",
  { timeout: TIMEOUT_MS },
  () => {
    it.each([1, 2, 3, 4])(
      "leaves, run again, one instance a node, addressed: seed %i",
      async (seed) => {
        await surviveKill(seed, 100);
      },
    );
  },
);
