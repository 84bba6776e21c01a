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
  const words = error.detail.startsWith(`${program}:`)
    ? error.detail
    : `${program}: ${error.detail}`;
  return program === "sacctmgr" && isAway(error)
    ? `${words}; see systemctl status slurmdbd`
    : words;
}

/** Slurm's words when slurmdbd is not there to answer, before and after it was asked who we are. */
function isAway(error: SlurmCommandError): boolean {
  return error.isPassing || error.says("PersistInit") || error.says("slurm_persist_conn_open");
}
