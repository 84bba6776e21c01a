import pMap from "p-map";
import { expect, test } from "vitest";
import { surviveKill } from "../contract/storm/kill.ts";
import { weatherStorm } from "../contract/storm/storm.ts";

/** A storm waits more than it computes. */
const CONCURRENCY = 6;
const COUNT = wholeNumberOf("STORM_COUNT", 200);
/** Elsewhere than from the first seed. */
const FIRST_SEED = wholeNumberOf("STORM_SEED", 1);

/** @throws Error for anything else: no storm at all would pass */
function wholeNumberOf(variable: string, byDefault: number): number {
  const text = process.env[variable] ?? String(byDefault);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`${variable} is "${text}"; write a whole number from 1 on`);
}

/** Runs all seeds, so that one failure does not hide another, and names those that failed with their first words. */
async function runSeeds(run: (seed: number) => Promise<void>): Promise<void> {
  const seeds = Array.from({ length: COUNT }, (_, index) => FIRST_SEED + index);
  const failed = await pMap(
    seeds,
    async (seed) => {
      try {
        await run(seed);
        return [];
      } catch (error) {
        return [`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`];
      }
    },
    { concurrency: CONCURRENCY },
  );
  expect(failed.flat()).toEqual([]);
}

test(`${COUNT} storms of faults leave every node addressed, or DOWN with a reason`, async () => {
  await runSeeds(weatherStorm);
});

test(`${COUNT} kills between two launches leave exactly one instance a node`, async () => {
  await runSeeds((seed) => surviveKill(seed, 40));
});
