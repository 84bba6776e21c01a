import { dirname, join } from "node:path";
import { returnFailedNodes, type TendContext } from "../commands/tend-nodes.ts";
import type { Config } from "../domain/config.ts";
import { FileLockError, withFileLock } from "../files/file-lock.ts";

/**
 * Stays until every failed node is back in service; one process for all of them, however many runs have failed. For
 * releases without ResumeAfter: nobody else returns nodes after a cool-down.
 */
export async function returnWhenDue(config: Config, context: TendContext): Promise<void> {
  // Beside the log, because Slurm's user may write there.
  const file = join(dirname(config.logFile), "returning-nodes.lock");
  const holder = "another startnode returns the nodes";
  try {
    await withFileLock({ file, waitSecondsMax: 0, holder }, () => returnFailedNodes(context));
  } catch (error) {
    if (!(error instanceof FileLockError)) throw error;
    const { message: reason } = error;
    if (error.isHeld) context.log.info("left the return of nodes to others", { reason });
    else context.log.error(CANNOT_WAIT, { reason });
  }
}

const CANNOT_WAIT =
  "cannot wait for the next try of the failed nodes: a later run returns them, or an admin (scontrol update state=resume)";
