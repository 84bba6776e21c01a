import type { Config } from "../domain/config.ts";

/**
 * The paths of startnode.yaml that the command line may give instead, so that the executables run anywhere against
 * any endpoint.
 */
const PATHS = {
  "log-file": "logFile",
  "nodes-file": "nodesFile",
  "user-data-file": "userDataFile",
  "ssh-keys-file": "sshKeysFile",
  "slurm-conf": "slurmConf",
  "slurm-bin-directory": "slurmBinDirectory",
  "slurm-directory": "slurmDirectory",
  "finalised-directory": "finalisedDirectory",
  "directory-socket": "directorySocket",
  "home-directory": "homeDirectory",
} as const satisfies Record<string, keyof Config>;

type PathOption = keyof typeof PATHS;

function optionsOf<Name extends PathOption>(...names: readonly Name[]) {
  return Object.fromEntries(
    ["config", ...names].map((name) => [name, { type: "string" }]),
  ) as Record<Name | "config", { type: "string" }>;
}

/** For parseOptions. */
export const PATH_OPTIONS = optionsOf(
  ...(["log-file", "nodes-file", "user-data-file", "ssh-keys-file"] as const),
  ...(["slurm-conf", "slurm-bin-directory", "slurm-directory", "finalised-directory"] as const),
);

/** The same, of those who look after users. */
export const USER_PATH_OPTIONS = optionsOf(
  ...(["log-file", "directory-socket", "home-directory"] as const),
  ...(["slurm-conf", "slurm-bin-directory"] as const),
);

export const USER_PATH_HELP = `  --config FILE             settings [/etc/citc/startnode.yaml]
  --directory-socket FILE, --home-directory DIR, --log-file FILE,
  --slurm-conf FILE, --slurm-bin-directory DIR
                            in place of what the settings name`;

export const PATH_HELP = `  --config FILE             settings [/etc/citc/startnode.yaml]
  --nodes-file FILE, --user-data-file FILE, --ssh-keys-file FILE,
  --log-file FILE, --slurm-conf FILE, --slurm-bin-directory DIR
                            in place of what the settings name`;

/** Paths as parseOptions gives them. */
export type GivenPaths = Partial<Record<PathOption, string | undefined>>;

/** The settings with the command line's paths in place. */
export function withPaths(config: Config, given: GivenPaths): Config {
  return { ...config, ...pathsOf(given) };
}

/** The settings that the command line gives. */
export function pathsOf(given: GivenPaths): Partial<Config> {
  const changed = Object.entries(PATHS).flatMap(([option, key]) => {
    const path = given[option as PathOption];
    return path === undefined ? [] : [[key, path]];
  });
  return Object.fromEntries(changed) as Partial<Config>;
}
