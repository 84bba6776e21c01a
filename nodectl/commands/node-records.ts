import type { Log } from "../domain/log.ts";
import type { SlurmControl, SlurmNode } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

interface Asking {
  readonly slurm: Pick<SlurmControl, "listNodes">;
}

/**
 * What Slurm knows of its nodes, by name.
 * @throws SlurmCommandError
 */
export async function nodesByName({ slurm }: Asking): Promise<ReadonlyMap<string, SlurmNode>> {
  return new Map((await slurm.listNodes()).map((node) => [node.name, node]));
}

/** The same; undefined when Slurm does not say, which is logged. */
export async function recordsOrWarn(
  context: Asking & { readonly log: Log },
): Promise<ReadonlyMap<string, SlurmNode> | undefined> {
  try {
    return await nodesByName(context);
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    context.log.error("could not ask Slurm for its nodes", { reason: error.message });
    return undefined;
  }
}
