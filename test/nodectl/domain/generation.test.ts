import { describe, expect, it } from "vitest";
import { buildGeneration } from "../../../nodectl/domain/generation.ts";
import type { Generation } from "../../../nodectl/domain/generation.ts";
import type { NodeGroup, SlurmPartition } from "../../../nodectl/domain/launch-specification.ts";
import { indexNodes, parseNodesFile } from "../../../nodectl/domain/nodes-file.ts";
import { retiredGroups } from "../../../nodectl/domain/retired-groups.ts";
import { validPlan } from "./region.ts";

interface Kept {
  readonly retired?: readonly NodeGroup[];
  readonly previousPartitions?: readonly SlurmPartition[];
}

function generationOf(limits: string, kept: Kept = {}): Generation {
  return buildGeneration({
    plan: validPlan(limits),
    clusterId: "tidy-mouse",
    release: { major: 24, minor: 11 },
    retired: kept.retired ?? [],
    previousPartitions: kept.previousPartitions ?? [],
  });
}

function linesOf(text: string, start: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith(start));
}

describe("buildGeneration()", () => {
  it("writes one NodeName line a shape and AD", () => {
    const { files } = generationOf("VM.Standard.E4.Flex.8.64: {1: 5, 2: 3}\nVM.GPU.A10.2: 1");
    expect(linesOf(files["slurm.conf"], "NodeName=")).toEqual([
      "NodeName=vm-standard-e4-flex-8-64-ad1-[0001-0005] State=CLOUD CPUs=16 Sockets=1 CoresPerSocket=8 ThreadsPerCore=2 RealMemory=63057 Features=shape=VM.Standard.E4.Flex.8.64,ad=1,arch=x86_64,shape=VM.Standard.E4.Flex",
      "NodeName=vm-standard-e4-flex-8-64-ad2-[0001-0003] State=CLOUD CPUs=16 Sockets=1 CoresPerSocket=8 ThreadsPerCore=2 RealMemory=63057 Features=shape=VM.Standard.E4.Flex.8.64,ad=2,arch=x86_64,shape=VM.Standard.E4.Flex",
      "NodeName=vm-gpu-a10-2-0001 State=CLOUD CPUs=60 Sockets=1 CoresPerSocket=30 ThreadsPerCore=2 RealMemory=476262 Gres=gpu:a10:2 Features=shape=VM.GPU.A10.2,ad=any,arch=x86_64",
    ]);
    expect(linesOf(files["slurm.conf"], "PartitionName=")).toEqual([
      "PartitionName=compute Nodes=ALL Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=3941",
    ]);
    expect(linesOf(files["slurm.conf"], "GresTypes=")).toEqual(["GresTypes=gpu"]);
    expect(linesOf(files["gres.conf"], "NodeName=")).toEqual([
      "NodeName=vm-gpu-a10-2-0001 Name=gpu Type=a10 File=/dev/nvidia[0-1]",
    ]);
  });

  it("tells startnode the longest timeouts, those of bare metal and of single partitions among them", () => {
    const timersOf = (limits: string) => generationOf(limits).nodesFile.timers;
    expect(timersOf("VM.Standard2.1: 1")).toEqual({
      resumeTimeoutSeconds: 900,
      suspendTimeoutSeconds: 120,
    });
    expect(timersOf("VM.Standard2.1: 1\nBM.HPC2.36: 1")?.resumeTimeoutSeconds).toBe(1800);
    expect(
      timersOf(
        "VM.Standard2.1: 1\ncluster: {partitions: {compute: {suspendtimeout: 400, ResumeTimeout: INFINITE}}}",
      ),
    ).toEqual({ resumeTimeoutSeconds: 900, suspendTimeoutSeconds: 400 });
  });

  it("names a partition's nodes where it does not have all", () => {
    const { files } = generationOf(
      "VM.Standard2.1: {1: 2, 2: 2}\nVM.GPU.A10.1: {count: 1, partition: gpu}\nVM.Standard.E4.Flex.1.8: {count: 0, partition: none}",
    );
    const nodes = linesOf(files["slurm.conf"], "PartitionName=").map((line) =>
      line.split(" ").slice(0, 2),
    );
    expect(nodes).toEqual([
      [
        "PartitionName=compute",
        "Nodes=vm-standard2-1-ad1-[0001-0002],vm-standard2-1-ad2-[0001-0002]",
      ],
      ["PartitionName=gpu", "Nodes=vm-gpu-a10-1-0001"],
      ["PartitionName=none", "MaxTime=INFINITE"],
    ]);
  });

  it("names the generation in every file, and gives the same bytes for the same limits", () => {
    const first = generationOf("VM.Standard2.1: 2");
    expect(generationOf("VM.Standard2.1: 2")).toEqual(first);
    for (const text of Object.values(first.files)) expect(text).toContain(first.id);
    expect(generationOf("VM.Standard2.1: 3").id).not.toBe(first.id);
    expect(generationOf("VM.Standard2.1: 2\ncluster: {suspend_time: 5}").id).not.toBe(first.id);
    expect(generationOf("VM.Standard2.1: {count: 2, boot_volume: 60}").id).not.toBe(first.id);
  });

  it("keeps 10,000 nodes under 100 lines", () => {
    const { files, nodesFile } = generationOf(
      "VM.Standard.E4.Flex.8.64: {1: 2500, 2: 2500, 3: 2500}\nVM.Standard.E5.Flex.2.16: 2500",
    );
    expect(files["slurm.conf"].split("\n").length).toBeLessThan(100);
    expect(indexNodes(nodesFile).size).toBe(10_000);
  });

  it("gives slurmctld a node that nobody sees where the limits allow none", () => {
    const { files } = generationOf("VM.Standard2.1: 0");
    expect(linesOf(files["slurm.conf"], "NodeName=")).toEqual(["NodeName=none State=FUTURE"]);
    expect(linesOf(files["slurm.conf"], "PartitionName=")).toEqual([
      "PartitionName=compute Default=YES MaxTime=INFINITE State=UP",
    ]);
    expect(linesOf(files["gres.conf"], "NodeName=")).toEqual([]);
  });

  it("writes a nodes.json from which startnode learns what to launch", () => {
    const { files, id } = generationOf("VM.Standard.E4.Flex.8.64: {2: 3}\nVM.Standard2.1: 1");
    const parsed = parseNodesFile(files["nodes.json"], "nodes.json");
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.value).toMatchObject({ version: 1, generation: id, clusterId: "tidy-mouse" });
    expect(indexNodes(parsed.value).get("vm-standard-e4-flex-8-64-ad2-0003")).toEqual({
      shape: "VM.Standard.E4.Flex",
      shapeConfig: { ocpus: 8, memoryGib: 64 },
      availabilityDomains: ["Uocm:PHX-AD-2"],
    });
    expect(indexNodes(parsed.value).has("vm-standard-e4-flex-8-64-ad2-0004")).toBe(false);
  });
});

describe("retired nodes", () => {
  const before = generationOf(
    "VM.Standard2.1: 4\nVM.GPU.A10.2: {count: 2, partition: gpu}\ncluster: {partitions: {gpu: {Default: YES, MaxTime: 60}}}",
  );
  const retire = (...names: readonly string[]) => retiredGroups(before.nodesFile, new Set(names));
  const after = (limits: string, retired: readonly NodeGroup[]) =>
    generationOf(limits, { retired, previousPartitions: before.nodesFile.partitions ?? [] });

  it("keep their line, cut down to the names that are still up", () => {
    const [old] = linesOf(before.files["slurm.conf"], "NodeName=vm-standard2-1");
    const { files, nodesFile } = after("VM.Standard2.1: 2", retire("vm-standard2-1-0004"));
    expect(linesOf(files["slurm.conf"], "NodeName=")).toEqual([
      old?.replace("[0001-0004]", "[0001-0002]"),
      old?.replace("[0001-0004]", "0004"),
    ]);
    expect(nodesFile.groups.map(({ names, isRetired }) => [names, isRetired])).toEqual([
      ["vm-standard2-1-[0001-0002]", undefined],
      ["vm-standard2-1-0004", true],
    ]);
    expect(indexNodes(nodesFile).get("vm-standard2-1-0004")?.shape).toBe("VM.Standard2.1");
  });

  it("keep their partition, which is the default no more, and their GPUs", () => {
    const { files } = after("VM.Standard2.1: 4", retire("vm-gpu-a10-2-0001", "vm-gpu-a10-2-0002"));
    expect(linesOf(files["slurm.conf"], "PartitionName=")).toEqual([
      "PartitionName=compute Nodes=vm-standard2-1-[0001-0004] Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=7193",
      "PartitionName=gpu Nodes=vm-gpu-a10-2-[0001-0002] MaxTime=60 State=UP DefMemPerCPU=7937",
    ]);
    expect(files["gres.conf"]).toContain("NodeName=vm-gpu-a10-2-[0001-0002] Name=gpu");
  });

  it("can be retired by one generation and dropped by the next", () => {
    const retiredOnce = after(
      "VM.Standard2.1: 4",
      retire("vm-gpu-a10-2-0001", "vm-gpu-a10-2-0002"),
    );
    const still = retiredGroups(retiredOnce.nodesFile, new Set(["vm-gpu-a10-2-0002"]));
    expect(still.map(({ names, isRetired }) => [names, isRetired])).toEqual([
      ["vm-gpu-a10-2-0002", true],
    ]);
    const gone = generationOf("VM.Standard2.1: 4", {
      previousPartitions: retiredOnce.nodesFile.partitions ?? [],
    });
    expect(gone).toEqual(generationOf("VM.Standard2.1: 4"));
  });

  it("are none where nothing was asked for", () => {
    expect(retire("vm-unknown-0001")).toEqual([]);
  });

  it("cannot come from a nodes.json that does not tell what Slurm was told", () => {
    const [group] = before.nodesFile.groups;
    if (group === undefined) throw new Error("no group");
    const bare = { names: group.names, specification: group.specification };
    const file = { ...before.nodesFile, groups: [bare] };
    expect(() => retiredGroups(file, new Set(["vm-standard2-1-0001"]))).toThrow(/how Slurm knows/);
  });
});
