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
  /** Of every management node's instance: user_data (base64), ssh_authorized_keys and whatever else is to be there. */
  readonly managementMetadata: Readonly<Record<string, string>>;
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
