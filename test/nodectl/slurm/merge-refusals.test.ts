import { describe, expect, it } from "vitest";
import { mergeRefusals, NodeUpdateError } from "../../../nodectl/slurm/slurm-command-error.ts";
import { slurmError } from "../commands/slurm-error.ts";

const error = slurmError("Invalid node name specified");

describe("mergeRefusals()", () => {
  it("names a node once that was refused in two steps", () => {
    const down = new NodeUpdateError([{ nodeName: "n-1", error }]);
    const powerDown = new NodeUpdateError(["n-1", "n-2"].map((nodeName) => ({ nodeName, error })));
    expect(mergeRefusals([down, powerDown])).toMatchObject({ nodeNames: ["n-1", "n-2"] });
  });

  it("is what says nothing of single nodes, where there is such an error", () => {
    const ofNodes = new NodeUpdateError([{ nodeName: "n-1", error }]);
    expect(mergeRefusals([ofNodes, error])).toBe(error);
    expect(mergeRefusals([])).toBeUndefined();
  });
});
