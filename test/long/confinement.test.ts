import { beforeAll, describe, expect, test } from "vitest";
import { defaultMemory } from "../../nodectl/domain/default-memory.ts";
import { slurmConfBody } from "../../nodectl/domain/slurm-conf.ts";
import { RELEASE_NAMES } from "../sandbox/machines/releases.ts";
import { runVirtualMachine, type Report, type Tried } from "./virtual-machine/virtual-machine.ts";

/** The emulated computer's. */
const NODE = { CPUs: "2", Sockets: "1", CoresPerSocket: "2", RealMemory: "1200", Gres: "gpu:2" };
const GROUP = {
  names: "node",
  specification: { shape: "emulated", availabilityDomains: [] },
  slurm: { options: NODE, partitions: ["compute"] },
};

const SHARED = {
  "slurm.conf": slurmConfBody({
    parameters: [
      { key: "GresTypes", value: "gpu", reason: "The two devices." },
      { key: "ReturnToService", value: "2", reason: "slurmctld starts first." },
    ],
    groups: [GROUP],
    partitions: [
      {
        name: "compute",
        options: { Default: "YES", State: "UP", ...defaultMemory([GROUP], []) },
      },
    ],
  }),
  "gres.conf": `NodeName=node Name=gpu File=/dev/vdb
NodeName=node Name=gpu File=/dev/vdc
`,
};

// Machines in namespaces have no control groups that Slurm could use: those of a computer may be of the older kind. The kernel's and qemu's packages are
// of amd64.
describe.runIf(process.arch === "x64").each(RELEASE_NAMES)("jobs on a node of %s", (release) => {
  let report: Report;

  beforeAll(async () => {
    report = await runVirtualMachine(release, SHARED);
  }, 1_800_000);

  function tried(name: string): Tried {
    const found = report.get(name);
    if (found !== undefined) return found;
    throw new Error(`${name} was not tried: ${JSON.stringify(Object.fromEntries(report))}`);
  }

  test("have their cores, and cannot take others", () => {
    expect(tried("one-task")).toEqual({ status: 0, output: "1" });
    expect(tried("all-cores")).toEqual({ status: 0, output: "2" });
  });

  test("have their share of the memory when they ask for none", () => {
    expect(tried("within-default").status).toBe(0);
    expect(tried("over-default").output).toMatch(/oom.kill/i);
    expect(tried("over-default").status).not.toBe(0);
  });

  test("have the memory that they ask for, and no more", () => {
    expect(tried("over-asked").output).toMatch(/oom.kill/i);
    expect(tried("over-asked").status).not.toBe(0);
    expect(tried("whole-memory")).toEqual({ status: 0, output: "" });
    const states = [...tried("jobs").output.matchAll(/ JobState=(\S+)/g)].map(([, it]) => it);
    expect(states.filter((it) => it === "OUT_OF_MEMORY")).toHaveLength(2);
  });

  test("have the devices that they ask for, and no other", () => {
    expect(tried("with-device").output).toMatch(/^1\n.*\/dev\/vdc.*Operation not permitted\n0$/s);
    expect(tried("without-device").output.match(/Operation not permitted/g)).toHaveLength(2);
  });

  test("leave no process behind", () => {
    expect(tried("daemon").output).toMatch(/^started \d+$/);
    expect(tried("left-over")).toEqual({ status: 1, output: "" });
  });
});
