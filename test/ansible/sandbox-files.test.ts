import { describe, expect, it } from "vitest";
import { SRUN_PORTS } from "../../infra/flows.ts";
import { SETTINGS } from "../../nodectl/cli/settings.ts";
import { readLimits } from "../../nodectl/domain/limits.ts";
import { parsePositionedYaml } from "../../nodectl/files/positioned-yaml.ts";
import { sharedFiles } from "../sandbox/machines/cluster-files.ts";
import { GRES_CONF, INITIAL_SHARED_SLURM_CONF, slurmConf } from "../sandbox/machines/slurm-conf.ts";
import { readRoleFile, roleDefaults } from "./roles.ts";

/** What the sandbox's small machines alone have otherwise, or besides: slurm-conf.ts says why. */
const SMALL = new Set([
  ...["SlurmctldHost", "ProctrackType", "TaskPlugin", "JobAcctGatherType", "SlurmdParameters"],
  ...["SchedulerParameters", "SlurmdTimeout", "KillWait", "MpiDefault"],
]);
/** What only real machines have: small ones have no security groups between them, and no slurmdbd. */
const REAL = new Set([
  ...["SrunPortRange", "AccountingStorageType", "AccountingStorageHost", "AccountingStoreFlags"],
  ...["AccountingStorageEnforce"],
]);

/** The role's template with the values that its variables have by themselves; no logic of Jinja's is left. */
function filled(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{\{ (\w+) \}\}/g, (whole, name: string) =>
    typeof values[name] === "string" ? values[name] : whole,
  );
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => /^(\w+=|include )/.test(line));
}

function keyOf(line: string): string {
  return line.split("=")[0] ?? line;
}

it("srun's ports are those that the security groups open", () => {
  const range = `${SRUN_PORTS.min}-${SRUN_PORTS.max}`;
  expect(roleDefaults("slurm")["slurm_srun_port_range"]).toBe(range);
});

describe("what the playbook puts on a machine, and the sandbox on its small ones", () => {
  it("is the same slurm.conf, but for what only small machines need", () => {
    const values = { ...roleDefaults("slurm"), slurm_cluster_name: "tidy-mouse" };
    const role = filled(readRoleFile("slurm", "templates/slurm.conf.j2"), values);
    const sandbox = slurmConf({
      clusterName: "tidy-mouse",
      managementName: "mgmt",
      managementAddress: "10.0.0.2",
    });
    const common = (text: string): readonly string[] =>
      lines(text).filter((line) => !SMALL.has(keyOf(line)) && !REAL.has(keyOf(line)));
    expect(common(role)).toEqual(common(sandbox));
  });

  it("is the same first generation, before finish writes one", () => {
    expect(readRoleFile("slurm", "files/shared/slurm.conf")).toBe(INITIAL_SHARED_SLURM_CONF);
    expect(filled(readRoleFile("slurm", "templates/gres.conf.j2"), roleDefaults("slurm"))).toBe(
      GRES_CONF,
    );
  });

  it("is the same way to call finish", () => {
    const shared = sharedFiles({ managementName: "mgmt" });
    const finish = shared.find(({ path }) => path === "/home/opc/finish");
    expect(readRoleFile("nodectl", "files/finish.sh")).toBe(finish?.content);
  });
});

it("takes for startnode.yaml what is a setting of it", () => {
  const names = readRoleFile("nodectl", "vars/main.yml").match(/(?<=^ {2}- )\w+$/gm);
  expect(names).toContain("subnet_id");
  expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(names ?? []));
});

it("gives an example of limits.yaml that finish reads", () => {
  const text = readRoleFile("nodectl", "files/limits.yaml");
  const file = parsePositionedYaml(text, "limits.yaml");
  if (file.kind !== "valid") throw new Error(JSON.stringify(file));
  const { limits, problems } = readLimits(file.value, "limits.yaml");
  expect(problems.hasProblems).toBe(false);
  expect(limits.shapes).toHaveLength(1);
});
