import { describe, expect, it } from "vitest";
import { validPlan } from "./region.ts";

function onlyGroup(text: string) {
  const { groups } = validPlan(text);
  expect(groups).toHaveLength(1);
  const [group] = groups;
  if (group === undefined) throw new Error("no group");
  return group;
}

describe("planCluster()", () => {
  it("makes one group a shape and AD of CitC's first form", () => {
    const { groups } = validPlan("VM.Standard2.1: {1: 2, 2: 0, 3: 1}");
    expect(
      groups.map(({ names, count, availabilityDomain }) => [names, count, availabilityDomain]),
    ).toEqual([
      ["vm-standard2-1-ad1-[0001-0002]", 2, 1],
      ["vm-standard2-1-ad3-0001", 1, 3],
    ]);
    expect(groups[0]?.specification).toEqual({
      shape: "VM.Standard2.1",
      availabilityDomains: ["Uocm:PHX-AD-1"],
    });
  });

  it("makes one group of CitC's second form, in any AD that offers the shape", () => {
    const group = onlyGroup("VM.Standard.A1.Flex.4.24: 3");
    expect(group).toMatchObject({
      names: "vm-standard-a1-flex-4-24-[0001-0003]",
      availabilityDomain: "any",
      specification: {
        shape: "VM.Standard.A1.Flex",
        shapeConfig: { ocpus: 4, memoryGib: 24 },
        availabilityDomains: ["Uocm:PHX-AD-1", "Uocm:PHX-AD-2"],
      },
    });
    expect(group.slurm.options["Features"]).toBe(
      "shape=VM.Standard.A1.Flex.4.24,ad=any,arch=aarch64,shape=VM.Standard.A1.Flex",
    );
  });

  it("reads the long form, and names the nodes as the short form does", () => {
    const group = onlyGroup(`
VM.Standard.E4.Flex:
  ocpus: 8
  memory: 64
  count: {1: 2}
  partition: [gpu, compute]
  features: [fast, image=x@1]
  boot_volume: 100
  image: ocid1.image.oc1.phx.aaaa
  slurm_options: {weight: 5, RealMemory: 60000}
`);
    expect(group).toEqual({
      names: "vm-standard-e4-flex-8-64-ad1-[0001-0002]",
      count: 2,
      availabilityDomain: 1,
      hardware: expect.anything() as unknown,
      limitsLine: 2,
      specification: {
        shape: "VM.Standard.E4.Flex",
        shapeConfig: { ocpus: 8, memoryGib: 64 },
        availabilityDomains: ["Uocm:PHX-AD-1"],
        imageOcid: "ocid1.image.oc1.phx.aaaa",
        bootVolumeGib: 100,
      },
      slurm: {
        partitions: ["gpu", "compute"],
        options: {
          State: "CLOUD",
          CPUs: "16",
          Sockets: "1",
          CoresPerSocket: "8",
          ThreadsPerCore: "2",
          RealMemory: "60000",
          Features:
            "shape=VM.Standard.E4.Flex.8.64,ad=1,arch=x86_64,shape=VM.Standard.E4.Flex,fast,image=x@1",
          Weight: "5",
        },
      },
    });
  });

  it("tells Slurm of GPUs", () => {
    expect(onlyGroup("VM.GPU.A10.2: 1").slurm.options["Gres"]).toBe("gpu:a10:2");
    expect(onlyGroup("VM.Standard2.1: 1").slurm.options).not.toHaveProperty("Gres");
  });

  it("counts the CPUs again when an admin corrects the threads", () => {
    const { options } = onlyGroup(
      "BM.HPC2.36: {count: 1, slurm_options: {ThreadsPerCore: 1}}",
    ).slurm;
    expect(options).toMatchObject({ CPUs: "36", ThreadsPerCore: "1", CoresPerSocket: "18" });
  });

  it("drops a parameter that an admin omits", () => {
    const { options } = onlyGroup("VM.GPU.A10.2: {count: 1, slurm_options: {Gres: omit}}").slurm;
    expect(options).not.toHaveProperty("Gres");
  });

  it("has the timers of the design unless the file says otherwise", () => {
    expect(validPlan("VM.Standard2.1: 1").timers).toEqual({
      suspendTimeSeconds: 900,
      suspendTimeoutSeconds: 120,
      resumeTimeoutSeconds: 900,
      bareMetalResumeTimeoutSeconds: 1800,
      credentialLifetimeSeconds: 60,
    });
    const text = "VM.Standard2.1: 1\ncluster: {suspend_time: 12, cred_expire: 20}";
    expect(validPlan(text).timers).toMatchObject({
      suspendTimeSeconds: 12,
      suspendTimeoutSeconds: 120,
      credentialLifetimeSeconds: 20,
    });
  });
});

describe("partitions", () => {
  const partitionsOf = (text: string) => validPlan(text).partitions;

  it("are compute alone, as in CitC, where no shape names one", () => {
    expect(partitionsOf("VM.Standard2.1: 1")).toEqual([
      {
        name: "compute",
        options: { Default: "YES", MaxTime: "INFINITE", State: "UP", DefMemPerCPU: "7193" },
      },
    ]);
  });

  it("come in the order of the file, and the first is the default where compute is none", () => {
    const text = "VM.Standard2.1: {count: 1, partition: b}\nVM.GPU.A10.1: {count: 1, partition: a}";
    expect(partitionsOf(text).map(({ name, options }) => [name, options["Default"]])).toEqual([
      ["b", "YES"],
      ["a", undefined],
    ]);
  });

  it("take an admin's options over ours, the default included", () => {
    const text = `
VM.Standard2.1: 1
VM.GPU.A10.1: {count: 1, partition: gpu}
cluster:
  partitions:
    gpu: {default: yes, MaxTime: 1-00:00:00, PriorityTier: 5}
`;
    expect(partitionsOf(text)).toEqual([
      { name: "compute", options: { MaxTime: "INFINITE", State: "UP", DefMemPerCPU: "7193" } },
      {
        name: "gpu",
        options: {
          ...{ Default: "yes", MaxTime: "1-00:00:00", State: "UP" },
          ...{ DefMemPerCPU: "7929", PriorityTier: "5" },
        },
      },
    ]);
  });

  it("give bare metal longer to boot", () => {
    const text = "VM.Standard2.1: 1\nBM.HPC2.36: {count: 1, partition: bm}\n";
    expect(partitionsOf(text).map(({ options }) => options["ResumeTimeout"])).toEqual([
      undefined,
      "1800",
    ]);
    const patient = `${text}cluster: {resume_timeout: 2000}`;
    expect(partitionsOf(patient).map(({ options }) => options["ResumeTimeout"])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("give a job that asks for no memory its share of the smallest node", () => {
    const defaultOf = (text: string) => partitionsOf(text)[0]?.options["DefMemPerCPU"];
    const mixed = "VM.GPU.A10.1: 1\nVM.Standard.E4.Flex.8.64: {1: 2}\n";
    expect(defaultOf(mixed)).toBe(`${Math.floor(63_057 / 16)}`);
    const text =
      "VM.Standard2.1: {count: 1, slurm_options: {RealMemory: 14000, MemSpecLimit: 999}}";
    expect(defaultOf(text)).toBe("6500");
    expect(defaultOf("VM.Standard2.1: 0")).toBeUndefined();
    expect(
      defaultOf("VM.Standard2.1: {count: 1, slurm_options: {RealMemory: omit}}"),
    ).toBeUndefined();
  });

  it.each(["DefMemPerCPU: 100", "defmempercpu: omit", "DefMemPerNode: 100", "DefMemPerGPU: 100"])(
    "leave the memory of jobs to a site that says %s",
    (option) => {
      const inPartition = `VM.Standard2.1: 1\ncluster: {partitions: {compute: {${option}}}}`;
      const given = option.endsWith("omit") ? {} : { [option.split(":")[0] ?? ""]: "100" };
      expect(partitionsOf(inPartition)[0]?.options).toEqual({
        ...{ Default: "YES", MaxTime: "INFINITE", State: "UP" },
        ...given,
      });
      const everywhere = `VM.Standard2.1: 1\ncluster: {slurm_options: {${option}}}`;
      expect(partitionsOf(everywhere)[0]?.options).not.toHaveProperty("DefMemPerCPU");
    },
  );

  it("stay when their last count becomes 0: their jobs would be lost with them", () => {
    const text = "VM.Standard2.1: 1\nVM.GPU.A10.1: {count: 0, partition: gpu}";
    expect(partitionsOf(text).map(({ name }) => name)).toEqual(["compute", "gpu"]);
  });
});
