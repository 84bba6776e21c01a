import type { Log } from "../domain/log.ts";
import type { SlurmControl, SlurmNode } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

/** What Slurm knows of its nodes, by name; undefined when it does not say, which is logged. */
export async function recordsOrWarn({
  slurm,
  log,
}: {
  readonly slurm: Pick<SlurmControl, "listNodes">;
  readonly log: Log;
}): Promise<ReadonlyMap<string, SlurmNode> | undefined> {
  try {
    return new Map((await slurm.listNodes()).map((node) => [node.name, node]));
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    log.error("could not ask Slurm for its nodes", { reason: error.message });
    return undefined;
  }
}
