import { describe, expect, it } from "vitest";
import { RULES } from "../../../nodectl/domain/reconcile/rules.ts";
import { Simulation } from "../reconcile-simulation/simulation.ts";

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);

/** The model of slurmctld has no such state. They were seen on real Slurm: test/e2e. */
const NOT_MODELLED: readonly string[] = ["duplicates-unclear", "silent-and-too-small"];

describe("citc reconcile in a simulated cluster where everything goes wrong", () => {
  const acted = new Set<string>();

  it.each(SEEDS)("keeps its rules, and both sides agree in the end: seed %i", async (seed) => {
    const simulation = new Simulation(seed);
    await simulation.run(1000);
    for (const ruleId of simulation.acted.keys()) acted.add(ruleId);
    expect(simulation.violations).toEqual([]);
  });

  it("has acted by every rule that acts", () => {
    const acting = RULES.filter(({ action }) => action !== "report").map(({ id }) => id);
    expect(acting.filter((id) => !acted.has(id) && !NOT_MODELLED.includes(id))).toEqual([]);
  });
});
