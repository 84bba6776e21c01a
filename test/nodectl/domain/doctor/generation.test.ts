import { describe, expect, it } from "vitest";
import {
  type GenerationSight,
  judgeGeneration,
} from "../../../../nodectl/domain/doctor/generation.ts";

const SIGHT: GenerationSight = {
  nodesFile: {
    kind: "valid",
    value: { version: 1, generation: "2e8bb79b9f10", clusterId: "lab", groups: [] },
  },
  slurmConf: "# Generation 2e8bb79b9f10, written by finish\n",
  isInUse: true,
  clusterId: "lab",
};

describe("judgeGeneration()", () => {
  it("is content with files of one run that slurmctld has confirmed", () => {
    expect(judgeGeneration(SIGHT)).toEqual({
      kind: "ok",
      seen: "generation 2e8bb79b9f10, confirmed by slurmctld",
    });
  });

  it("has nothing to say before the first run of finish", () => {
    expect(judgeGeneration({ ...SIGHT, nodesFile: undefined })).toMatchObject({ kind: "skipped" });
  });

  it("finds files of two runs, of none that was confirmed, and of another cluster", () => {
    const mixed = judgeGeneration({ ...SIGHT, slurmConf: "# Generation 0123456789ab, written\n" });
    expect(mixed).toMatchObject({
      kind: "wrong",
      seen: expect.stringContaining("one run") as string,
    });
    const unconfirmed = judgeGeneration({ ...SIGHT, isInUse: false });
    expect(unconfirmed).toMatchObject({
      kind: "wrong",
      fix: "sudo ~opc/finish: its last run did not end, or somebody changed its files",
    });
    expect(judgeGeneration({ ...SIGHT, clusterId: "other" })).toMatchObject({
      kind: "wrong",
      seen: "nodes.json is of cluster lab, and startnode.yaml of other",
    });
  });

  it("says what is wrong with a nodes.json that cannot be used", () => {
    const problem = { file: "nodes.json", message: "this is not JSON", fix: "run finish" };
    const nodesFile = { kind: "invalid", problems: [problem] } as const;
    expect(judgeGeneration({ ...SIGHT, nodesFile })).toMatchObject({
      kind: "wrong",
      seen: "nodes.json: this is not JSON; run finish",
    });
  });
});
