import {
  CLUSTER_ID,
  absolutePath,
  baseUrl,
  choice,
  command,
  defaulted,
  listOf,
  ocid,
  oneLine,
  optional,
  region,
  required,
  text,
  wholeNumber,
} from "../domain/setting-readers.ts";

export type { Setting } from "../domain/setting-readers.ts";

/** A region has at most so many; OCI refuses more on one VNIC (CreateVnicDetails.nsgIds). */
const NETWORK_SECURITY_GROUPS_MAX = 5;

/** The keys that CitC wrote, with its meanings, then ours. */
export const SETTINGS = {
  csp: optional(
    text(/^oracle$/, "write oracle: nodectl speaks to no other cloud"),
    "the cloud; accepted because CitC wrote it",
    "oracle",
  ),
  region: required(region(), "OCI's region identifier", "uk-london-1"),
  compartment_id: required(
    ocid("compartment", "tenancy"),
    "compartment of the instances",
    "ocid1.compartment.oc1..aaaa",
  ),
  vcn_id: optional(ocid("vcn"), "the cluster's network", "ocid1.vcn.oc1.uk-london-1.aaaa"),
  subnet_id: required(
    ocid("subnet"),
    "subnet of the compute nodes; of this cluster alone",
    "ocid1.subnet.oc1.uk-london-1.aaaa",
  ),
  ad_root: required(
    text(
      /^[A-Za-z0-9]+:[A-Za-z0-9-]+-$/,
      "write the AD's full name without its number: Uocm:PHX-AD-",
    ),
    "full name of an availability domain without its number",
    '"Uocm:PHX-AD-"',
  ),
  cluster_id: required(
    text(CLUSTER_ID, "write letters, digits, dots, hyphens and underscores", 63),
    "value of the tag `cluster` on everything that belongs to this cluster",
    "tidy-mouse",
  ),
  ansible_repo: optional(
    oneLine("write the URL of a git repository"),
    "for the playbooks",
    "https://…",
  ),
  ansible_branch: optional(oneLine("write a branch or a tag"), "for the playbooks", "main"),
  mgmt_image_id: required(
    ocid("image"),
    "image of the nodes whose limits name no other",
    "ocid1.image.oc1.uk-london-1.aaaa",
  ),
  auth: defaulted(
    choice("instance_principals", "config_file"),
    "how nodectl proves who it is: as the instance it runs on, or with an API key",
    "instance_principals" as const,
  ),
  oci_config: optional(
    absolutePath(),
    "with auth: config_file, OCI's configuration file",
    "/home/slurm/.oci/config",
  ),
  profile: defaulted(oneLine("write a profile's name"), "the profile in oci_config", "DEFAULT"),
  endpoint: optional(
    baseUrl,
    "base URL in place of every service's host; not on OCI itself",
    "http://127.0.0.1:8080",
  ),
  metadata_endpoint: optional(
    baseUrl,
    "base URL of the instance metadata service, with auth: instance_principals; not on OCI itself",
    "http://127.0.0.1:8081",
  ),
  nsg_ids: defaulted(
    listOf(
      ocid("networksecuritygroup"),
      NETWORK_SECURITY_GROUPS_MAX,
      "network security group OCIDs",
    ),
    "network security groups of the compute nodes, at most 5",
    [],
  ),
  ssh_keys_file: defaulted(
    absolutePath(),
    "public keys that may log in as opc",
    "/home/slurm/opc_authorized_keys",
  ),
  user_data_file: defaulted(
    absolutePath(),
    "what cloud-init runs on a compute node",
    "/home/slurm/bootstrap.sh",
  ),
  log_file: defaulted(absolutePath(), "where JSON lines go", "/var/log/slurm/elastic.log"),
  slurmctld_restart_command: defaulted(
    command,
    "restarts slurmctld; used up to Slurm 23.02, which cannot add nodes otherwise",
    ["systemctl", "restart", "slurmctld"],
  ),
  nodes_file: defaulted(
    absolutePath(),
    "what startnode launches for which name",
    "/mnt/shared/etc/slurm/nodes.json",
  ),
  limits_file: defaulted(absolutePath(), "what finish reads", "/home/opc/limits.yaml"),
  slurm_directory: defaulted(absolutePath(), "where finish writes", "/mnt/shared/etc/slurm"),
  finalised_directory: defaulted(
    absolutePath(),
    "holds a file named like a host that is set up, or NODE.failed",
    "/mnt/shared/finalised",
  ),
  slurm_bin_directory: defaulted(
    absolutePath(),
    "where scontrol, sinfo and squeue are",
    "/usr/bin",
  ),
  slurm_conf: defaulted(absolutePath(), "Slurm's own configuration file", "/etc/slurm/slurm.conf"),
  call_deadline_seconds: defaulted(
    wholeNumber({ min: 1, max: 300 }),
    "how long one call to OCI may take",
    60,
  ),
  run_deadline_seconds: defaulted(
    wholeNumber({ min: 5, max: 3600 }),
    "how long one run of startnode or stopnode may take",
    600,
  ),
  launch_concurrency: defaulted(
    wholeNumber({ min: 1, max: 256 }),
    "how many launches may be under way at once",
    64,
  ),
  watch_seconds: defaulted(
    wholeNumber({ min: 0, max: 3600 }),
    "how long after its last launch startnode watches that the instances get power",
    120,
  ),
  capacity_file: defaulted(
    absolutePath(),
    "which placements had no machine, shared by all runs; losing it costs some calls",
    "/run/citc/slurm/capacity.jsonl",
  ),
  capacity_cool_down_seconds: defaulted(
    wholeNumber({ min: 1, max: 86_400 }),
    "how long a placement is left alone after OCI had no machine there",
    300,
  ),
  limit_cool_down_seconds: defaulted(
    wholeNumber({ min: 1, max: 86_400 }),
    "the same after a service limit or quota was reached",
    600,
  ),
  assumed_launches_per_second: defaulted(
    wholeNumber({ min: 1, max: 1000 }),
    "how many launches OCI may take from this tenancy; finish checks `resume_timeout` with it",
    10,
  ),
  assumed_boot_seconds: defaulted(
    wholeNumber({ min: 1, max: 3600 }),
    "how long a node may take from launch to registration; finish checks `resume_timeout` with it",
    300,
  ),
  retry_seconds: defaulted(
    wholeNumber({ min: 10, max: 86_400 }),
    "how long a node that could not be had stays DOWN, when its failure names no time",
    600,
  ),
  reconcile_file: defaulted(
    absolutePath(),
    "what one pass of `citc reconcile` leaves for the next; losing it only delays",
    "/run/citc/reconcile.json",
  ),
  orphan_grace_seconds: defaulted(
    wholeNumber({ min: 60, max: 86_400 }),
    "how old an instance that no node needs is at least when `citc reconcile` terminates it",
    300,
  ),
  boot_limit_seconds: optional(
    wholeNumber({ min: 30, max: 86_400 }),
    "how long after its launch a node may take to register before it is replaced; absent: four fifths of ResumeTimeout",
    "720",
  ),
  boot_failures_max: defaulted(
    wholeNumber({ min: 1, max: 1000 }),
    "after so many failed boots in a row nothing of that image and shape is launched for a while",
    3,
  ),
  boot_cool_down_seconds: defaulted(
    wholeNumber({ min: 60, max: 86_400 }),
    "for how long; then one node tries",
    900,
  ),
  console_directory: defaulted(
    absolutePath(),
    "where `citc reconcile` keeps the last lines of the consoles of nodes that it replaces: 50 files of 64 kB at most",
    "/var/log/slurm/consoles",
  ),
  metrics_file: defaulted(
    absolutePath(),
    "where `citc reconcile` writes metrics for a node exporter's textfile collector, if the directory is there",
    "/var/lib/prometheus/node-exporter/citc.prom",
  ),
  pause_file: defaulted(
    absolutePath(),
    "while it exists nothing is launched; `citc pause` writes it, `citc resume` removes it",
    "/etc/citc/paused",
  ),
  defined_tag: optional(
    text(/^[^\s.]+\.[^\s.]+$/, "write the tag's namespace, a dot and its key: HPC.cluster"),
    "an existing defined tag that every instance gets with the cluster's id as its value, for conditions in policies",
    "HPC.cluster",
  ),
  directory_socket: defaulted(
    absolutePath(),
    "unix socket of the users' directory, where `citc user` is its manager as root",
    "/run/slapd-citc.socket",
  ),
  directory_suffix: defaulted(
    text(/^[A-Za-z]+=[\w.-]+(,[A-Za-z]+=[\w.-]+)*$/, "write a DN such as dc=citc,dc=internal"),
    "below which the directory has ou=people and ou=groups",
    "dc=citc,dc=internal",
  ),
  home_directory: defaulted(absolutePath(), "where users' homes are", "/mnt/shared/home"),
};
