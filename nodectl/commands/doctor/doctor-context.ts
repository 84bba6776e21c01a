import type { Clock } from "../../domain/clock.ts";
import type { Config } from "../../domain/config.ts";
import type { AccessSight, Attempt } from "../../domain/doctor/attempt.ts";
import type { ServiceTime } from "../../domain/doctor/clock-skew.ts";
import type { Mount } from "../../domain/doctor/mounts.ts";
import type { RunningSettings } from "../../domain/doctor/slurm-settings.ts";
import type { UnitSight } from "../../domain/doctor/units.ts";
import type {
  AddressBook,
  BootVolumeCatalogue,
  InstanceAddresses,
  InstanceControl,
  LimitsInquiry,
  ShapeCatalogue,
  SubnetInquiry,
} from "../../oci/provider.ts";
import type { SlurmConfVerdict, SlurmControl } from "../../slurm/control.ts";

export type Access = "read" | "write" | "run";

/** The machine that this runs on, through its own programs. Every method is bounded in time. */
export interface Machine {
  /** A credential made and read back. */
  tryMunge(): Promise<Attempt>;
  unitStates(names: readonly string[]): Promise<UnitSight>;
  /** Those of the paths that a user may not read, write or run. Only root can ask. */
  refusedTo(user: string, access: Access, paths: readonly string[]): Promise<AccessSight>;
  /** What this process sees mounted. */
  mounts(): Promise<readonly Mount[]>;
  /** Makes a file in a directory and removes it. */
  tryToWrite(directory: string): Promise<Attempt>;
  /** The addresses of a name, by the system's own rules; none when it does not resolve. */
  addressesOf(hostName: string): Promise<readonly string[]>;
}

/** OCI, as nodectl's programs call it; all calls only look. */
export interface Cloud {
  readonly instances: Pick<InstanceControl, "listInstances">;
  readonly addressBook: AddressBook;
  readonly instanceAddresses: InstanceAddresses;
  readonly catalogue: ShapeCatalogue;
  readonly subnet: SubnetInquiry;
  readonly limits: LimitsInquiry;
  readonly bootVolumes: BootVolumeCatalogue;
}

export type CloudOpening =
  | { readonly kind: "open"; readonly cloud: Cloud }
  | { readonly kind: "refused"; readonly message: string };

/** What the doctor looks at. */
export interface DoctorContext {
  readonly config: Config;
  readonly configFile: string;
  /** startnode.yaml names another than the usual metrics_file, so that somebody wants metrics. */
  readonly isMetricsFileSet: boolean;
  readonly hostName: string;
  readonly isRoot: boolean;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly slurm: Pick<SlurmControl, "isAnswering" | "version"> & {
    /** Throws SlurmCommandError. */
    readonly runningSettings: () => Promise<RunningSettings>;
  };
  /** Slurm's own parser, on slurm.conf with this text in place of the included file. Throws SlurmCommandError. */
  checkSlurmConf(included: string): Promise<SlurmConfVerdict>;
  /** The clock of an OCI service, which tells it without credentials. */
  serviceTime(signal: AbortSignal): Promise<ServiceTime>;
  /** Host of OCI's services; undefined when the settings name an endpoint. */
  readonly serviceHost: () => Promise<string | undefined>;
  /** Fetches credentials. */
  openCloud(): Promise<CloudOpening>;
}
