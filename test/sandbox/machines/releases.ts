/** The Debian releases whose Slurm the sandbox runs: one older and one newer than what is meant for OCI. */
export const RELEASES = {
  bookworm: {
    slurmVersion: "22.05.8",
    // This plugin leaves control groups alone with proctrack/linuxproc, but must be named: to choose by itself, slurmd looks for
    // /sys/fs/cgroup/systemd, which machines do not have. (`disabled` came with 23.02.)
    cgroupPlugin: "cgroup/v1",
  },
  trixie: {
    slurmVersion: "24.11.5",
    cgroupPlugin: "disabled",
  },
} as const satisfies Record<string, Release>;

export interface Release {
  readonly slurmVersion: string;
  /** CgroupPlugin of cgroup.conf. */
  readonly cgroupPlugin: string;
}

export type ReleaseName = keyof typeof RELEASES;

/** The older one first. */
export const RELEASE_NAMES = ["bookworm", "trixie"] as const satisfies readonly ReleaseName[];

export function isReleaseName(text: string): text is ReleaseName {
  return Object.hasOwn(RELEASES, text);
}
