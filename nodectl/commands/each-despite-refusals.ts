import { isSlurmError } from "../slurm/slurm-command-error.ts";

/**
 * Does the work for one after the other, also when Slurm has refused it for one before.
 * @param onRefusal hears of each refusal
 * @returns what Slurm refused first, for the caller to throw
 */
export async function eachDespiteRefusals<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
  onRefusal: (error: Error, item: Item) => void = () => undefined,
): Promise<Error | undefined> {
  let first: Error | undefined;
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (!isSlurmError(error)) throw error;
      onRefusal(error, item);
      first ??= error;
    }
  }
  return first;
}
