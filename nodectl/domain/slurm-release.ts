/** The part of Slurm's version that its behaviour hangs on: 22.05, 23.02, 23.11, 24.05, … */
export interface SlurmRelease {
  readonly major: number;
  readonly minor: number;
}

/** ResumeAfter: from 23.02 on Slurm returns a node to service by itself (scontrol(1)). */
export function hasResumeAfter(release: SlurmRelease): boolean {
  return isAtLeast(release, 23, 2);
}

export function isAtLeast(release: SlurmRelease, major: number, minor: number): boolean {
  return release.major > major || (release.major === major && release.minor >= minor);
}
