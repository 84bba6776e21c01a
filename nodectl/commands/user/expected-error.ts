import { DirectoryError } from "../../directory/directory.ts";
import { HomeDirectoryError } from "../../files/home-directory.ts";
import { isSlurmError, SlurmCommandError } from "../../slurm/slurm-command-error.ts";

/** What one of the three sides refused, whose words are all that a person needs. */
export function isRefusal(error: unknown): error is Error {
  return (
    error instanceof DirectoryError || error instanceof HomeDirectoryError || isSlurmError(error)
  );
}

/** The words, after the name of Slurm's program: its arguments would only hide them. */
export function refusalText(error: Error): string {
  if (!(error instanceof SlurmCommandError)) return error.message;
  const program = /^\S*?([^/\s]+)(?:\s|$)/.exec(error.command)?.[1] ?? "Slurm";
  return error.detail.startsWith(`${program}:`) ? error.detail : `${program}: ${error.detail}`;
}
