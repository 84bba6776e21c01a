import type { CloudSettings } from "./api/cloud-settings.ts";
import type { Latency } from "./api/oci-door.ts";
import type { RateLimits } from "./api/rate-limit.ts";
import type { ReleaseName } from "./machines/releases.ts";

/** What the region's process is told when it starts: a JSON file in its working directory. */
export interface RegionPlan {
  readonly release: ReleaseName;
  readonly imageDirectory: string;
  readonly programsDirectory: string;
  /** One cluster, with a subnet and a management node of its own, for each. */
  readonly clusterIds: readonly string[];
  /** Node names that instances of strangers in the compartment bear as well. */
  readonly strangerNames: readonly string[];
  /** The management nodes run what the playbook has systemd run. */
  readonly hasTimers: boolean;
  /** Absent: small machines, with their files and daemons from the start. */
  readonly booting?: BootingPlan;
  readonly cloud: Partial<CloudSettings>;
  readonly latency: Partial<Latency>;
  readonly rateLimits: RateLimits;
}

/** Of machines that boot. */
export interface BootingPlan {
  /** The name of the control group that they are all in. */
  readonly controlGroup: string;
  /** A git repository, of which what is committed is served; and a directory of Debian packages. */
  readonly repository: string;
  readonly packagesDirectory: string;
  /** The root file system of the management nodes; that of the others is the region's. */
  readonly managementImageDirectory: string;
  readonly management: ManagementPlan;
  /** Size of each cluster's shared file system. Absent: as this computer's disk has it. */
  readonly sharedMebibytes?: number;
}

/** What a management node's instance is told. */
export type ManagementPlan =
  /** Its metadata: user_data (base64), ssh_authorized_keys and whatever else is to be there. */
  | { readonly kind: "metadata"; readonly metadata: Readonly<Record<string, string>> }
  /** What a deployment tells it, so that it becomes the management node of a cluster. */
  | { readonly kind: "deployed"; readonly deployment: DeploymentPlan };

export interface DeploymentPlan {
  /** Tag or commit of the repository. */
  readonly ref: string;
  readonly sshPublicKeys: readonly string[];
  /** The archive of nodectl, of which the region takes a copy. */
  readonly archiveFile: string;
  /** Further settings of /etc/citc/startnode.yaml. */
  readonly nodectlSettings: Readonly<Record<string, unknown>>;
}

/** What the region's process says, one JSON line on its standard output. */
export type RegionMessage =
  { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };

/** Files in the region's working directory. */
export const PLAN_FILE = "region.json";
export const CONTROL_SOCKET = "control.sock";
export const REGION_LOG = "region.log";
/** Directories there. */
export const CONTROL_GROUPS = "control-groups";
export const SOURCES = "sources";
export const CAPTURES = "captures";
/** Of a deployment: the config file and the API key of who deploys. */
export const OPERATOR = "operator";
