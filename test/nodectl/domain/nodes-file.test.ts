import { describe, expect, it } from "vitest";
import type { NodesFile } from "../../../nodectl/domain/launch-specification.ts";
import { formatNodesFile, indexNodes, parseNodesFile } from "../../../nodectl/domain/nodes-file.ts";
import type { Problem } from "../../../nodectl/domain/problem.ts";

const FILE: NodesFile = {
  version: 1,
  generation: "0123456789ab",
  clusterId: "tidy-mouse",
  timers: { resumeTimeoutSeconds: 900, suspendTimeoutSeconds: 120 },
  groups: [
    {
      names: "vm-standard-e4-flex-8-64-[0001-0003]",
      specification: {
        shape: "VM.Standard.E4.Flex",
        shapeConfig: { ocpus: 8, memoryGib: 64 },
        availabilityDomains: ["Uocm:PHX-AD-1"],
        imageOcid: "ocid1.image.oc1..a",
        bootVolumeGib: 50,
      },
      slurm: { options: { CPUs: "16" }, partitions: ["compute"] },
    },
    {
      names: "vm-standard2-1-0001",
      specification: { shape: "VM.Standard2.1", availabilityDomains: ["Uocm:PHX-AD-1"] },
    },
  ],
  partitions: [{ name: "compute", options: { State: "UP" } }],
};

function problemsOf(text: string): readonly Problem[] {
  const parsed = parseNodesFile(text, "nodes.json");
  return parsed.kind === "invalid" ? parsed.problems : [];
}

/** The file with one value replaced, by its path. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy = structuredClone(FILE) as unknown;
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ""] = value;
  return JSON.stringify(copy);
}

describe("parseNodesFile()", () => {
  it("reads what formatNodesFile() wrote", () => {
    expect(parseNodesFile(formatNodesFile(FILE), "nodes.json")).toEqual({
      kind: "valid",
      value: FILE,
    });
  });

  it("reads a file without timers: an earlier nodectl wrote none", () => {
    expect(parseNodesFile(changed(["timers"], undefined), "nodes.json").kind).toBe("valid");
  });

  it.each([
    ["no JSON", "{", undefined, /not JSON/],
    ["nothing", "", undefined, /not JSON/],
    ["a list", "[]", undefined, /not an object/],
    ["a later version", changed(["version"], 2), "version", /only version 1/],
    ["no cluster", changed(["clusterId"], undefined), "clusterId", /one line of text/],
    ["timers of null", changed(["timers"], null), "timers", /an object/],
    [
      "a timer in words",
      changed(["timers", "resumeTimeoutSeconds"], "900"),
      "timers.resumeTimeoutSeconds",
      /a number/,
    ],
    [
      "half of the timers",
      changed(["timers"], { resumeTimeoutSeconds: 900 }),
      "timers.suspendTimeoutSeconds",
      /a number/,
    ],
    ["no groups", changed(["groups"], {}), "groups", /a list/],
    ["a group of null", changed(["groups", 1], null), "groups.2", /an object/],
    ["no names", changed(["groups", 0, "names"], 5), "groups.1.names", /one line of text/],
    ["a broken hostlist", changed(["groups", 0, "names"], "a[1-"), "groups.1.names", /no hostlist/],
    [
      "names twice",
      changed(["groups", 1, "names"], "vm-standard-e4-flex-8-64-0002"),
      "groups.2.names",
      /stands in groups\.1\.names too/,
    ],
    [
      "no shape",
      changed(["groups", 0, "specification", "shape"], ""),
      "groups.1.specification.shape",
      /one line of text/,
    ],
    [
      "no AD",
      changed(["groups", 0, "specification", "availabilityDomains"], []),
      "groups.1.specification.availabilityDomains",
      /at least one/,
    ],
    [
      "OCPUs in words",
      changed(["groups", 0, "specification", "shapeConfig", "ocpus"], "8"),
      "groups.1.specification.shapeConfig.ocpus",
      /number above 0/,
    ],
    [
      "a line break",
      changed(["groups", 0, "slurm", "options", "CPUs"], "1\n2"),
      "groups.1.slurm.options.CPUs",
      /one line of text/,
    ],
    [
      "a partition without options",
      changed(["partitions", 0], { name: "x" }),
      "partitions.1.options",
      /an object/,
    ],
  ])("refuses %s", (_, text, key, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: "nodes.json",
      fix: expect.stringContaining("finish") as string,
    });
    expect(problems[0]?.key).toBe(key);
    expect(problems[0]?.message).toMatch(message);
  });

  it("says everything at once, but no more than twenty things", () => {
    const groups = Array.from({ length: 30 }, () => ({}));
    expect(problemsOf(JSON.stringify({ ...FILE, groups }))).toHaveLength(20);
  });
});

describe("indexNodes()", () => {
  it("finds each node by its name", () => {
    const index = indexNodes(FILE);
    expect([...index.keys()]).toEqual([
      "vm-standard-e4-flex-8-64-0001",
      "vm-standard-e4-flex-8-64-0002",
      "vm-standard-e4-flex-8-64-0003",
      "vm-standard2-1-0001",
    ]);
    expect(index.get("vm-standard2-1-0001")?.shape).toBe("VM.Standard2.1");
  });
});
