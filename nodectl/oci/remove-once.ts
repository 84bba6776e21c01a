import { describeFailure } from "./oci-errors.ts";

export interface Removal {
  /** OCI's name of the operation that removes the thing. */
  readonly operation: string;
  readonly remove: () => Promise<unknown>;
  /** The thing's lifecycle state, from the operation that gets it. */
  readonly look: () => Promise<string>;
  /** Those in which nothing is left to do. */
  readonly goneStates: ReadonlySet<string>;
}

/**
 * Sends one removal; what is gone, or going, counts as removed. 404 is what OCI answers for a thing that is gone, and for
 * a missing permission to remove it; 409 for one that is going, and for one that is busy. Only a look tells them apart.
 * @throws what the SDK threw
 */
export async function removeOnce(removal: Removal): Promise<void> {
  try {
    await removal.remove();
  } catch (thrown) {
    const { status } = describeFailure(removal.operation, thrown);
    if (status !== 404 && status !== 409) throw thrown;
    if (!(await isGoing(removal))) throw thrown;
  }
}

/** We may read the thing, or it would not have been listed: so a 404 means that it is gone. */
async function isGoing({ operation, look, goneStates }: Removal): Promise<boolean> {
  try {
    return goneStates.has(await look());
  } catch (thrown) {
    if (describeFailure(operation, thrown).status === 404) return true;
    throw thrown;
  }
}
