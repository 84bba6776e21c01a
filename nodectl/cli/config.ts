import type { AuthConfig, Config } from "../domain/config.ts";
import { fieldOf, reportUnknownKeys, rootOf } from "../domain/fields.ts";
import type { PositionedMap } from "../domain/positioned.ts";
import { ProblemCollector } from "../domain/problem-collector.ts";
import type { Located } from "../domain/problem-collector.ts";
import type { Checked } from "../domain/result.ts";
import { readInputFile } from "../files/input-file.ts";
import { parsePositionedYaml } from "../files/positioned-yaml.ts";
import { SETTINGS } from "./settings.ts";
import type { Setting } from "./settings.ts";

export const CONFIG_FILE = "/etc/citc/startnode.yaml";

type Settings = typeof SETTINGS;
type Key = keyof Settings;
type Values = { readonly [K in Key]: Settings[K] extends Setting<infer Value> ? Value : never };

/** Reads startnode.yaml: the settings, or everything that is wrong with the file. */
export async function readConfig(file: string = CONFIG_FILE): Promise<Checked<Config>> {
  const text = await readInputFile(file);
  return text.kind === "valid" ? parseConfig(text.value, file) : text;
}

export function parseConfig(text: string, file: string): Checked<Config> {
  const root = parsePositionedYaml(text, file);
  if (root.kind === "invalid") return root;
  const problems = new ProblemCollector(file);
  const map = rootOf(root.value);
  reportUnknownKeys(map, Object.keys(SETTINGS), problems);
  const values = readValues(map, problems);
  const auth = readAuth(values, problems);
  return problems.result(auth === null ? null : toConfig(values as Values, auth));
}

/** A setting that was reported is null. */
type Attempted = { readonly [K in Key]: Values[K] | null };

function readValues(map: Located<PositionedMap>, problems: ProblemCollector): Attempted {
  const read = ([key, setting]: [string, Setting<unknown>]) => {
    const located = fieldOf(map, key);
    if (located !== undefined) return [key, setting.read(located, problems)] as const;
    if (setting.absent !== "required") return [key, setting.absent.value] as const;
    const fix = `add a line such as \`${key}: ${setting.example}\``;
    return [key, problems.add({ key, message: "this setting is missing", fix })] as const;
  };
  // The compiler cannot follow a table through Object.entries; each reader gives its own key's type.
  return Object.fromEntries(Object.entries(SETTINGS).map(read)) as unknown as Attempted;
}

/** startnode runs without HOME, so that a default such as ~/.oci/config would depend on who calls. */
function readAuth(values: Attempted, problems: ProblemCollector): AuthConfig | null {
  const { auth, oci_config: ociConfigFile, profile, metadata_endpoint: metadata } = values;
  if (auth !== "config_file") {
    return { kind: "instance_principals", metadataEndpoint: metadata ?? undefined };
  }
  if (ociConfigFile === null || profile === null) return null;
  if (ociConfigFile !== undefined) return { kind: auth, ociConfigFile, profile };
  const fix = `add a line such as \`oci_config: ${SETTINGS.oci_config.example}\``;
  return problems.add({ key: "oci_config", message: "auth: config_file needs this setting", fix });
}

function toConfig(values: Values, auth: AuthConfig): Config {
  return {
    region: values.region,
    compartmentOcid: values.compartment_id,
    vcnOcid: values.vcn_id,
    subnetOcid: values.subnet_id,
    adRoot: values.ad_root,
    clusterId: values.cluster_id,
    ansibleRepo: values.ansible_repo,
    ansibleBranch: values.ansible_branch,
    imageOcid: values.mgmt_image_id,
    auth,
    endpoint: values.endpoint,
    networkSecurityGroupOcids: values.nsg_ids,
    sshKeysFile: values.ssh_keys_file,
    userDataFile: values.user_data_file,
    logFile: values.log_file,
    slurmctldRestartCommand: values.slurmctld_restart_command,
    nodesFile: values.nodes_file,
    limitsFile: values.limits_file,
    slurmDirectory: values.slurm_directory,
    finalisedDirectory: values.finalised_directory,
    slurmBinDirectory: values.slurm_bin_directory,
    slurmConf: values.slurm_conf,
    callDeadlineSeconds: values.call_deadline_seconds,
    runDeadlineSeconds: values.run_deadline_seconds,
    launchConcurrency: values.launch_concurrency,
    watchSeconds: values.watch_seconds,
    capacityFile: values.capacity_file,
    capacityCoolDownSeconds: values.capacity_cool_down_seconds,
    limitCoolDownSeconds: values.limit_cool_down_seconds,
    assumedLaunchesPerSecond: values.assumed_launches_per_second,
    assumedBootSeconds: values.assumed_boot_seconds,
    retrySeconds: values.retry_seconds,
    reconcileFile: values.reconcile_file,
    orphanGraceSeconds: values.orphan_grace_seconds,
    bootLimitSeconds: values.boot_limit_seconds,
    bootFailuresMax: values.boot_failures_max,
    bootCoolDownSeconds: values.boot_cool_down_seconds,
    consoleDirectory: values.console_directory,
    metricsFile: values.metrics_file,
    pauseFile: values.pause_file,
    definedTag: values.defined_tag,
    directorySocket: values.directory_socket,
    directorySuffix: values.directory_suffix,
    homeDirectory: values.home_directory,
  };
}
