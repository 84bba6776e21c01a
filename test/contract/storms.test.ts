import { describe, it } from "vitest";
import { surviveKill, weatherStorm } from "./storm/storm.ts";

// The long run has two hundred of each (test/long/storms.test.ts).
describe("startnode in a storm of faults", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("settles every node: seed %i", async (seed) => {
    await weatherStorm(seed);
  });
});

describe("startnode, killed at a random moment of a resume of 100 nodes and run again", () => {
  it.each([1, 2, 3, 4])("leaves exactly one instance a node, addressed: seed %i", async (seed) => {
    await surviveKill(seed, 100);
  });
});
