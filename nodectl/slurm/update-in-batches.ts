import { NodeUpdateError, SlurmCommandError } from "./slurm-command-error.ts";

/** Names or job ids a call. 200 names of 63 characters are 25 kB: well below the 128 KiB of one argument. */
const BATCH_SIZE_MAX = 200;

export interface BatchedUpdate<Item> {
  readonly nameOf: (item: Item) => string;
  /** One call for all of the batch. Repeating it must do no harm. */
  readonly update: (batch: readonly Item[]) => Promise<void>;
  /** True for a refusal that says the node is as wanted already. */
  readonly isDone?: (error: SlurmCommandError) => boolean;
}

/**
 * Updates many nodes with few calls. One bad name stops Slurm half way through a call: the names before it are
 * done, those after it are not (seen on 22.05.8 and 24.11.5). A refused batch is therefore cut in halves until
 * the bad ones stand alone, so that they cost nobody else.
 * @throws NodeUpdateError naming the refused nodes, when all others are done
 * @throws SlurmCommandError when slurmctld does not answer: cutting would only ask it more often
 */
export async function updateInBatches<Item>(
  items: readonly Item[],
  { nameOf, update, isDone = () => false }: BatchedUpdate<Item>,
): Promise<void> {
  const refusals: { nodeName: string; error: SlurmCommandError }[] = [];
  const queue = cutIntoBatches(items);
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const error = await tryUpdate(update, batch);
    const [only] = batch;
    if (error === undefined || only === undefined) {
      continue;
    }
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      queue.unshift(batch.slice(0, middle), batch.slice(middle));
    } else if (!isDone(error)) {
      refusals.push({ nodeName: nameOf(only), error });
    }
  }
  if (refusals.length > 0) {
    throw new NodeUpdateError(refusals);
  }
}

/** So many of them as one call may name. */
export function cutIntoBatches<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / BATCH_SIZE_MAX);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * BATCH_SIZE_MAX, (index + 1) * BATCH_SIZE_MAX),
  );
}

/** Only what Slurm says about nodes is worth cutting a batch for. */
const ABOUT_NODES = ["Invalid node name specified", "Invalid node state specified"];

async function tryUpdate<Item>(
  update: (batch: readonly Item[]) => Promise<void>,
  batch: readonly Item[],
): Promise<SlurmCommandError | undefined> {
  try {
    await update(batch);
    return undefined;
  } catch (error) {
    if (error instanceof SlurmCommandError && ABOUT_NODES.some((words) => error.says(words))) {
      return error;
    }
    throw error;
  }
}
