/** The part of Slurm's version that its behaviour hangs on: 22.05, 23.02, 23.11, 24.05, … */
export interface SlurmRelease {
  readonly major: number;
  readonly minor: number;
}

export function isAtLeast(release: SlurmRelease, major: number, minor: number): boolean {
  return release.major > major || (release.major === major && release.minor >= minor);
}
