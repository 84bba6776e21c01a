import { describe, expect, it } from "vitest";
import { Simulation } from "../nodectl/reconcile-simulation/simulation.ts";

/** SIMULATION_SEEDS, from 1 on; the steps of each are those of a week or two of a busy cluster. */
const SEED_COUNT = Number(process.env["SIMULATION_SEEDS"] ?? 200);
const STEP_COUNT = 10_000;

if (!Number.isInteger(SEED_COUNT) || SEED_COUNT < 1) {
  throw new Error("SIMULATION_SEEDS: write how many seeds, a whole number from 1 on");
}

describe("citc reconcile in many simulated clusters", () => {
  it.each(Array.from({ length: SEED_COUNT }, (_, index) => index + 1))(
    "keeps its rules for 10,000 steps, and both sides agree in the end: seed %i",
    async (seed) => {
      const simulation = new Simulation(seed);
      await simulation.run(STEP_COUNT);
      expect(simulation.violations.slice(0, 20)).toEqual([]);
    },
  );
});
