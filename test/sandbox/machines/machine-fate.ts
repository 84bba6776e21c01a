/** What becomes of a machine that is powered on, in place of a node that registers and runs jobs. */
export type MachineFate =
  /** Its operating system says this on the console and goes no further: there is no slurmd. */
  | { readonly kind: "hangs"; readonly console: string }
  /** Its slurmd finds this many processors, whatever its node is to have. slurmctld has to look: Sandbox.checkSizes(). */
  | { readonly kind: "small"; readonly cpus: number };

/** What power-on.sh and machine-init.sh are told of it. */
export function environmentOfFate(fate: MachineFate | undefined): Readonly<Record<string, string>> {
  switch (fate?.kind) {
    case undefined:
      return {};
    case "hangs":
      return { MACHINE_HANGS_SAYING: fate.console };
    case "small":
      return { MACHINE_CPUS: String(fate.cpus) };
  }
}
