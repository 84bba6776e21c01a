import { describe, expect, it } from "vitest";
import { slurmParameters } from "../../../nodectl/domain/slurm-parameters.ts";
import { validPlan } from "./region.ts";

function parametersOf(release: string, slurmOptions = "{}"): Record<string, string> {
  const plan = validPlan(`VM.Standard2.1: 1\ncluster: {slurm_options: ${slurmOptions}}`);
  const [major = 0, minor = 0] = release.split(".").map(Number);
  const parameters = slurmParameters(plan, { major, minor }, []);
  return Object.fromEntries(parameters.map(({ key, value }) => [key, value]));
}

const ALWAYS = {
  ResumeProgram: "/usr/local/bin/startnode",
  SuspendProgram: "/usr/local/bin/stopnode",
  ResumeFailProgram: "/usr/local/bin/stopnode",
  PrologSlurmctld: "/usr/local/bin/wait-for-nodes",
  SuspendTime: "900",
  SuspendTimeout: "120",
  ResumeTimeout: "900",
  ResumeRate: "0",
  SuspendRate: "0",
  ReturnToService: "2",
  AuthInfo: "cred_expire=60",
};
const OLD = {
  SlurmctldParameters: "idle_on_node_suspend,cloud_reg_addrs,node_reg_mem_percent=90",
  CommunicationParameters: "NoAddrCache",
  TreeWidth: "65533",
};
const NEW = { SlurmctldParameters: "idle_on_node_suspend,node_reg_mem_percent=90" };

describe("slurmParameters()", () => {
  it.each([
    ["22.05", { ...ALWAYS, ...OLD, PrivateData: "cloud" }],
    ["23.02", { ...ALWAYS, ...OLD }],
    ["23.11", { ...ALWAYS, ...NEW }],
    ["24.05", { ...ALWAYS, ...NEW }],
    ["24.11", { ...ALWAYS, ...NEW }],
    ["25.11", { ...ALWAYS, ...NEW }],
  ])("gives Slurm %s what it knows and nothing that is defunct", (release, parameters) => {
    expect(parametersOf(release)).toEqual(parameters);
  });

  it.each([
    ["true", "/usr/local/bin/wait-for-nodes"],
    ["false", undefined],
  ])("with wait_for_nodes: %s has PrologSlurmctld=%s", (word, program) => {
    const plan = validPlan(`VM.Standard2.1: 1\ncluster: {wait_for_nodes: ${word}}`);
    const parameters = slurmParameters(plan, { major: 24, minor: 11 }, []);
    expect(parameters.find(({ key }) => key === "PrologSlurmctld")?.value).toBe(program);
  });

  it("says a reason for each", () => {
    const plan = validPlan("VM.GPU.A10.1: 1\ncluster: {slurm_options: {MaxArraySize: 5}}");
    const parameters = slurmParameters(plan, { major: 22, minor: 5 }, ["gpu"]);
    for (const { key, reason } of parameters) {
      expect(reason, key).toMatch(/^[A-Z].+\)?\.\)?$/);
      expect(reason, key).not.toMatch(/\n/);
    }
    expect(parameters).toContainEqual(
      expect.objectContaining({ key: "MaxArraySize", value: "5", reason: "From limits.yaml." }),
    );
    expect(parameters).toContainEqual(expect.objectContaining({ key: "GresTypes", value: "gpu" }));
  });

  it.each([
    ["{MaxArraySize: 5000}", "MaxArraySize", "5000"],
    ["{ReturnToService: 1}", "ReturnToService", "1"],
    ["{returntoservice: 1}", "ReturnToService", "1"],
    ["{TreeWidth: omit}", "TreeWidth", undefined],
    ["{AuthInfo: omit}", "AuthInfo", undefined],
    ["{PrologSlurmctld: omit}", "PrologSlurmctld", undefined],
    ["{PrologSlurmctld: /usr/local/sbin/prolog}", "PrologSlurmctld", "/usr/local/sbin/prolog"],
    ["{MaxArraySize: omit}", "MaxArraySize", undefined],
    ["{AuthInfo: socket=/run/m}", "AuthInfo", "socket=/run/m,cred_expire=60"],
    ["{PrivateData: 'jobs,usage'}", "PrivateData", "jobs,usage,cloud"],
    [
      "{SlurmctldParameters: power_save_interval=2}",
      "SlurmctldParameters",
      "power_save_interval=2,idle_on_node_suspend,cloud_reg_addrs,node_reg_mem_percent=90",
    ],
    [
      "{slurmctldparameters: 'node_reg_mem_percent=50,cloud_dns'}",
      "SlurmctldParameters",
      "cloud_dns,idle_on_node_suspend,cloud_reg_addrs,node_reg_mem_percent=50",
    ],
  ])("with slurm_options %s gives %s=%s", (slurmOptions, key, value) => {
    expect(parametersOf("22.05", slurmOptions)[key]).toBe(value);
  });
});
