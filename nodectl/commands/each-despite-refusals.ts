import {
  isSlurmError,
  mergeRefusals,
  type NodeUpdateError,
  type SlurmCommandError,
} from "../slurm/slurm-command-error.ts";

/**
 * Does the work for one after the other, also when Slurm has refused it for one before.
 * @param onRefusal hears of each refusal
 * @returns what Slurm refused, as one error for the caller to throw: a NodeUpdateError when all others are done
 */
export async function eachDespiteRefusals<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
  onRefusal: (error: Error, item: Item) => void = () => undefined,
): Promise<SlurmCommandError | NodeUpdateError | undefined> {
  const refusals: (SlurmCommandError | NodeUpdateError)[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (!isSlurmError(error)) throw error;
      onRefusal(error, item);
      refusals.push(error);
    }
  }
  return mergeRefusals(refusals);
}
