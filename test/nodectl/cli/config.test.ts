import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfig, readConfig } from "../../../nodectl/cli/config.ts";
import type { Config } from "../../../nodectl/domain/config.ts";
import type { Problem } from "../../../nodectl/domain/problem.ts";

const MINIMAL = `
csp: oracle
region: uk-london-1
compartment_id: ocid1.compartment.oc1..aaaa
vcn_id: ocid1.vcn.oc1.uk-london-1.bbbb
subnet_id: ocid1.subnet.oc1.uk-london-1.cccc
ad_root: "Uocm:UK-LONDON-1-AD-"
ansible_repo: https://git.example/citc
ansible_branch: 6
cluster_id: tidy-mouse
mgmt_image_id: ocid1.image.oc1.uk-london-1.dddd
`;

function valid(text: string): Config {
  const result = parseConfig(text, "startnode.yaml");
  if (result.kind === "invalid") throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problemsOf(text: string): readonly Problem[] {
  const result = parseConfig(text, "startnode.yaml");
  return result.kind === "invalid" ? result.problems : [];
}

describe("parseConfig()", () => {
  it("reads what CitC wrote and fills in the defaults", () => {
    expect(valid(MINIMAL)).toEqual({
      region: "uk-london-1",
      compartmentOcid: "ocid1.compartment.oc1..aaaa",
      vcnOcid: "ocid1.vcn.oc1.uk-london-1.bbbb",
      subnetOcid: "ocid1.subnet.oc1.uk-london-1.cccc",
      adRoot: "Uocm:UK-LONDON-1-AD-",
      clusterId: "tidy-mouse",
      ansibleRepo: "https://git.example/citc",
      ansibleBranch: "6",
      imageOcid: "ocid1.image.oc1.uk-london-1.dddd",
      auth: { kind: "instance_principals", metadataEndpoint: undefined },
      endpoint: undefined,
      networkSecurityGroupOcids: [],
      sshKeysFile: "/home/slurm/opc_authorized_keys",
      userDataFile: "/home/slurm/bootstrap.sh",
      logFile: "/var/log/slurm/elastic.log",
      slurmctldRestartCommand: ["systemctl", "restart", "slurmctld"],
      nodesFile: "/mnt/shared/etc/slurm/nodes.json",
      limitsFile: "/home/opc/limits.yaml",
      slurmDirectory: "/mnt/shared/etc/slurm",
      finalisedDirectory: "/mnt/shared/finalised",
      slurmBinDirectory: "/usr/bin",
      slurmConf: "/etc/slurm/slurm.conf",
      callDeadlineSeconds: 60,
      runDeadlineSeconds: 600,
      launchConcurrency: 64,
      watchSeconds: 120,
      capacityFile: "/run/citc/slurm/capacity.jsonl",
      capacityCoolDownSeconds: 300,
      limitCoolDownSeconds: 600,
      assumedLaunchesPerSecond: 10,
      assumedBootSeconds: 300,
      retrySeconds: 600,
      reconcileFile: "/run/citc/reconcile.json",
      orphanGraceSeconds: 300,
      bootLimitSeconds: undefined,
      bootFailuresMax: 3,
      bootCoolDownSeconds: 900,
      consoleDirectory: "/var/log/slurm/consoles",
      metricsFile: "/var/lib/prometheus/node-exporter/citc.prom",
      pauseFile: "/etc/citc/paused",
      definedTag: undefined,
      directorySocket: "/run/slapd-citc.socket",
      directorySuffix: "dc=citc,dc=internal",
      homeDirectory: "/mnt/shared/home",
    } satisfies Config);
  });

  it("reads an API key's profile, an endpoint, groups and a restart command", () => {
    const config = valid(`${MINIMAL}
auth: config_file
oci_config: /home/slurm/.oci/config
profile: TEST
endpoint: http://127.0.0.1:8080/
nsg_ids: [ocid1.networksecuritygroup.oc1.uk-london-1.eeee]
slurmctld_restart_command: /opt/restart  slurmctld
call_deadline_seconds: 5
`);
    expect(config).toMatchObject({
      auth: { kind: "config_file", ociConfigFile: "/home/slurm/.oci/config", profile: "TEST" },
      endpoint: "http://127.0.0.1:8080",
      networkSecurityGroupOcids: ["ocid1.networksecuritygroup.oc1.uk-london-1.eeee"],
      slurmctldRestartCommand: ["/opt/restart", "slurmctld"],
      callDeadlineSeconds: 5,
    });
  });

  it("reads where the metadata service is, which only the sandbox says", () => {
    expect(valid(`${MINIMAL}metadata_endpoint: http://127.0.0.1:8081/\n`).auth).toEqual({
      kind: "instance_principals",
      metadataEndpoint: "http://127.0.0.1:8081",
    });
  });

  it("takes the words of a command as they stand when they are a list", () => {
    const config = valid(`${MINIMAL}slurmctld_restart_command: [/bin/sh, -c, "a 'b' && c"]\n`);
    expect(config.slurmctldRestartCommand).toEqual(["/bin/sh", "-c", "a 'b' && c"]);
  });

  it.each([
    ["region: phx", "region", "phx", /uk-london-1/],
    ["region:", "region", "nothing", /uk-london-1/],
    ["region: [a]", "region", "a list of 1", /uk-london-1/],
    [
      "compartment_id: ocid1.vcn.oc1..a",
      "compartment_id",
      "ocid1.vcn.oc1..a",
      /ocid1\.compartment/,
    ],
    ["compartment_id: mine", "compartment_id", "mine", /ocid1\.compartment or ocid1\.tenancy/],
    ["ad_root: Uocm:PHX-AD-1", "ad_root", "Uocm:PHX-AD-1", /without its number/],
    ["cluster_id: a b", "cluster_id", "a b", /letters, digits/],
    ["auth: instance_principal", "auth", "instance_principal", /did you mean instance_principals/],
    ["endpoint: ftp://host", "endpoint", "ftp://host", /http:\/\/host:port/],
    ["endpoint: http://host/path", "endpoint", "http://host/path", /without a path/],
    ["metadata_endpoint: 169.254.169.254", "metadata_endpoint", "169.254.169.254", /http:\/\/host/],
    ["endpoint: http://user@host", "endpoint", "http://user@host", /http:\/\/host:port/],
    ["nsg_ids: [ocid1.vcn.oc1..a]", "nsg_ids: 1", "ocid1.vcn.oc1..a", /networksecuritygroup/],
    ["nsg_ids: [a, b, c, d, e, f]", "nsg_ids", "a list of 6", /at most 5/],
    ["ssh_keys_file: keys", "ssh_keys_file", "keys", /absolute path/],
    ["log_file: ~/log", "log_file", "~/log", /absolute path/],
    ['log_file: "/tmp/a\\nb"', "log_file", '"/tmp/a\\nb"', /absolute path/],
    [
      "slurmctld_restart_command: sh -c 'x'",
      "slurmctld_restart_command",
      "sh -c 'x'",
      /list of words/,
    ],
    ["slurmctld_restart_command: []", "slurmctld_restart_command", "a list of 0", /list of words/],
    [
      "slurmctld_restart_command: {a: b}",
      "slurmctld_restart_command",
      "a map (a)",
      /list of words/,
    ],
    ["call_deadline_seconds: 0", "call_deadline_seconds", "0", /from 1 to 300/],
    ["call_deadline_seconds: 1.5", "call_deadline_seconds", "1.5", /whole number/],
    ['launch_concurrency: "4"', "launch_concurrency", '"4"', /whole number/],
  ])("refuses %s, naming line, key, value and what to write", (line, key, value, fix) => {
    const name = line.slice(0, line.indexOf(":"));
    const rest = MINIMAL.split("\n").filter((other) => !other.startsWith(`${name}:`));
    const problems = problemsOf([line, ...rest].join("\n"));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "startnode.yaml", line: 1, key });
    expect(problems[0]?.value).toContain(value);
    expect(problems[0]?.fix).toMatch(fix);
  });

  it("says every missing setting, with a line to copy", () => {
    const problems = problemsOf("csp: oracle\n");
    expect(problems.map(({ key }) => key)).toEqual([
      "region",
      "compartment_id",
      "subnet_id",
      "ad_root",
      "cluster_id",
      "mgmt_image_id",
    ]);
    expect(problems[0]?.fix).toContain("region: uk-london-1");
  });

  it("says where the API key's file is missing", () => {
    const problems = problemsOf(`${MINIMAL}auth: config_file\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key: "oci_config" });
    expect(problems[0]?.fix).toContain("oci_config: /");
  });

  it("says which key an unknown one may have been meant to be", () => {
    const problems = problemsOf(`${MINIMAL}subnet_ids: x\nflavour: y\n`);
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [12, "subnet_ids"],
      [13, "flavour"],
    ]);
    expect(problems[0]?.fix).toContain("subnet_id");
    expect(problems[1]?.fix).toContain("write one of: csp, region");
  });

  it("says everything at once, in the order of the file", () => {
    const text = MINIMAL.replace("uk-london-1\n", "nowhere\n").replace("tidy-mouse", "a/b");
    expect(problemsOf(`${text}launch_concurrency: many\n`).map(({ line }) => line)).toEqual([
      3, 10, 12,
    ]);
  });
});

describe("readConfig()", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "config-"));
  });
  afterEach(async () => {
    await chmod(directory, 0o700);
    await rm(directory, { recursive: true });
  });

  it("reads the file that it is told to", async () => {
    const file = join(directory, "startnode.yaml");
    await writeFile(file, MINIMAL);
    expect(await readConfig(file)).toMatchObject({
      kind: "valid",
      value: { region: "uk-london-1" },
    });
  });

  it("says that there is no such file", async () => {
    const file = join(directory, "absent.yaml");
    expect(await readConfig(file)).toEqual({
      kind: "invalid",
      problems: [{ file, message: "there is no such file", fix: "create it, or name another" }],
    });
  });
});
