import { dirname, join } from "node:path";
import { returnFailedNodes, type TendContext } from "../commands/tend-nodes.ts";
import type { Config } from "../domain/config.ts";
import { isAtLeast, type SlurmRelease } from "../domain/slurm-release.ts";
import { FileLockError, withFileLock } from "../files/file-lock.ts";

/** From this release on Slurm has ResumeAfter, and kills a program that outlives ResumeTimeout. */
const HAS_RESUME_AFTER = [23, 2] as const;

/** True when nobody but us returns nodes after a cool-down. */
export function mustReturnNodes(release: SlurmRelease): boolean {
  return !isAtLeast(release, ...HAS_RESUME_AFTER);
}

/** Stays until every failed node is back in service; one process for all of them, however many runs have failed. */
export async function returnWhenDue(config: Config, context: TendContext): Promise<void> {
  // Beside the log, because Slurm's user may write there.
  const file = join(dirname(config.logFile), "returning-nodes.lock");
  const holder = "another startnode returns the nodes";
  try {
    await withFileLock({ file, waitSecondsMax: 0, holder }, () => returnFailedNodes(context));
  } catch (error) {
    if (!(error instanceof FileLockError)) throw error;
    context.log.info("left the return of nodes to others", { reason: error.message });
  }
}
