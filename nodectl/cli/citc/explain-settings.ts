import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Config } from "../../domain/config.ts";
import { CONFIG_FILE } from "../config.ts";
import { loadConfig } from "../load.ts";
import { pathsOf, type GivenPaths } from "../path-options.ts";
import { defaultOf } from "../setting-default.ts";
import { SETTINGS } from "../settings.ts";

/** What explain needs even where the settings may not be read. */
export type PublicSettings = Pick<
  Config,
  | "assumedBootSeconds"
  | "capacityFile"
  | "logFile"
  | "nodesFile"
  | "pauseFile"
  | "slurmBinDirectory"
  | "slurmConf"
  | "userDataFile"
>;

export type ExplainSettings =
  | { readonly kind: "all"; readonly config: Config }
  /** Whoever asks may not read them, as is right for all but admins: their defaults, and no OCI. */
  | { readonly kind: "public"; readonly settings: PublicSettings; readonly file: string };

/**
 * The settings, or what everybody may know of them.
 * @throws CommandError when the file is not there or has mistakes
 */
export async function loadExplainSettings(
  given: GivenPaths & { readonly config?: string | undefined },
): Promise<ExplainSettings> {
  const file = given.config ?? CONFIG_FILE;
  if (await isReadable(file)) return { kind: "all", config: await loadConfig(given) };
  return { kind: "public", settings: { ...DEFAULTS, ...pathsOf(given) }, file };
}

/** False only when it is there and forbidden: loadConfig says the rest better. */
async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EACCES";
  }
}

const DEFAULTS: PublicSettings = {
  assumedBootSeconds: defaultOf(SETTINGS.assumed_boot_seconds),
  capacityFile: defaultOf(SETTINGS.capacity_file),
  logFile: defaultOf(SETTINGS.log_file),
  nodesFile: defaultOf(SETTINGS.nodes_file),
  pauseFile: defaultOf(SETTINGS.pause_file),
  slurmBinDirectory: defaultOf(SETTINGS.slurm_bin_directory),
  slurmConf: defaultOf(SETTINGS.slurm_conf),
  userDataFile: defaultOf(SETTINGS.user_data_file),
};
