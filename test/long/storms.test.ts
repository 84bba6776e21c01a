import pMap from "p-map";
import { expect, test } from "vitest";
import { surviveKill, weatherStorm } from "../contract/storm/storm.ts";

/** A storm waits more than it computes: three at a time on two cores. */
const CONCURRENCY = 3;
/** STORM_COUNT=200 is the whole of it; by default what fits beside the other long tests. */
const COUNT = Number(process.env["STORM_COUNT"] ?? 24);
/** The first seeds are npm test's; STORM_SEED starts elsewhere. */
const FIRST_SEED = Number(process.env["STORM_SEED"] ?? 1);

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

test(`${COUNT} kills at random moments leave exactly one instance a node`, async () => {
  await runSeeds((seed) => surviveKill(seed, 40));
});
