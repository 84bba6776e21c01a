/** The value of a parameter in slurm.conf's text: Slurm takes the last of several, and writes names as it likes. */
export function settingIn(text: string, key: string): string | undefined {
  const pattern = new RegExp(String.raw`^[ \t]*${key}[ \t]*=[ \t]*([^\s#]+)`, "gim");
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

/** slurm.conf(5): the account of slurmctld, root when none is named. */
export function slurmUserIn(text: string): string {
  return settingIn(text, "SlurmUser") ?? "root";
}

/** The programs that slurmctld itself runs. */
const PROGRAM_KEYS = ["ResumeProgram", "SuspendProgram", "ResumeFailProgram", "PrologSlurmctld"];

export function programsIn(text: string): readonly string[] {
  const named = PROGRAM_KEYS.map((key) => settingIn(text, key));
  return [...new Set(named.filter((path) => path !== undefined))];
}
