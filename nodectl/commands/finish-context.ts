import type { Clock } from "../domain/clock.ts";
import type { Config } from "../domain/config.ts";
import type { Log } from "../domain/log.ts";
import type { Problem } from "../domain/problem.ts";
import type { ShapeCatalogue } from "../oci/provider.ts";
import type {
  ConfigurationControl,
  JobControl,
  SlurmConfVerdict,
  SlurmControl,
} from "../slurm/control.ts";
import type { FinishReport } from "./finish-report.ts";

/** What finish needs of the world. */
export interface FinishContext {
  readonly config: Config;
  readonly catalogue: ShapeCatalogue;
  readonly slurm: SlurmControl & JobControl & ConfigurationControl;
  readonly clock: Clock;
  readonly log: Log;
  /** As the marker in finalised_directory is called: the short name or the whole. */
  readonly hostName: string;
  /** Of all runs of finish on this machine; on a file system of the machine's own. */
  readonly lockFile: string;
  /** Slurm's own parser, on the main slurm.conf with this text in place of the included file. */
  checkSlurmConf(candidate: string): Promise<SlurmConfVerdict>;
  /** Returns when the restart command has; throws SlurmCommandError when that failed. */
  restartSlurmctld(): Promise<void>;
  /** One line for the person who waits. */
  progress(step: string): void;
}

export interface FinishOptions {
  readonly limitsFile: string;
  /** Shows what would be done, and does nothing. */
  readonly isDryRun: boolean;
  /** Restarts slurmctld, if that is needed, although jobs whose nodes are waking may fail by it. */
  readonly isNow: boolean;
}

export type FinishOutcome =
  /** Ansible has not set this machine up yet. */
  | { readonly kind: "not-ready"; readonly message: string }
  /** An input cannot be used. Nothing was changed. */
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] }
  /** Slurm's parser, or a check of ours, refuses what would be written. Nothing was changed. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "planned"; readonly report: FinishReport; readonly diff: string }
  | { readonly kind: "unchanged"; readonly report: FinishReport }
  | { readonly kind: "configured"; readonly report: FinishReport }
  /** slurmctld did not take the new generation; the one before is back. */
  | { readonly kind: "rolled-back"; readonly message: string };
