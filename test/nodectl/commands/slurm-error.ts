import { SlurmCommandError } from "../../../nodectl/slurm/slurm-command-error.ts";

/** A command of Slurm's that refused with these words. */
export function slurmError(stderr = "no", command = "scontrol"): SlurmCommandError {
  return new SlurmCommandError({ command, exitCode: 1, failure: undefined, stdout: "", stderr });
}
