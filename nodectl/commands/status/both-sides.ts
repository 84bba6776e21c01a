import type { ReconcileMemory } from "../../domain/reconcile/memory.ts";
import type { Instance } from "../../oci/provider.ts";
import type { SlurmNode } from "../../slurm/control.ts";
import { isSlurmError } from "../../slurm/slurm-command-error.ts";
import { observe, type Observation, type ObserveContext } from "../reconcile/observe.ts";

/** One side's list, or why it could not be had. */
export type Side<Item> =
  | { readonly list: readonly Item[]; readonly blindness: undefined }
  | { readonly list: undefined; readonly blindness: string };

export interface BothSides {
  readonly slurm: Side<SlurmNode>;
  readonly oci: Side<Instance>;
  /** What reconcile makes of them; undefined when something was missing. */
  readonly observed: Extract<Observation, { kind: "seen" }> | undefined;
  readonly doubts: readonly string[];
}

/** One pass's calls, and what they brought is kept when one of them fails. */
export async function lookAtBothSides(
  context: ObserveContext,
  memory: ReconcileMemory,
): Promise<BothSides> {
  let oci: Side<Instance> | undefined;
  let slurm: Side<SlurmNode> | undefined;
  const listNodes = async (): Promise<readonly SlurmNode[]> => {
    try {
      const list = await context.slurm.listNodes();
      slurm = { list, blindness: undefined };
      return list;
    } catch (error) {
      if (isSlurmError(error)) slurm = { list: undefined, blindness: error.message };
      throw error;
    }
  };
  const listInstances = async (): Promise<readonly Instance[]> => {
    const list = await context.instances.listInstances();
    oci = { list, blindness: undefined };
    return list;
  };
  const kept = { ...context, slurm: { listNodes }, instances: { listInstances } };
  const observation = await observe(kept, memory);
  if (observation.kind === "seen") {
    const { slurmNodes, instances, doubts } = observation;
    return {
      slurm: { list: slurmNodes, blindness: undefined },
      oci: { list: instances, blindness: undefined },
      ...{ observed: observation, doubts },
    };
  }
  const seenOci = oci ?? { list: undefined, blindness: withoutSide(observation.reason) };
  const seenSlurm = slurm ?? (await askSlurm(context));
  const isOther = seenOci.blindness === undefined && seenSlurm.blindness === undefined;
  return {
    slurm: whenNotEmpty(seenSlurm),
    oci: seenOci,
    observed: undefined,
    doubts: isOther && seenSlurm.list.length > 0 ? [observation.reason] : [],
  };
}

/** observe() asks OCI first, and not Slurm when that failed. */
async function askSlurm({ slurm }: ObserveContext): Promise<Side<SlurmNode>> {
  try {
    return { list: await slurm.listNodes(), blindness: undefined };
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    return { list: undefined, blindness: error.message };
  }
}

function whenNotEmpty(side: Side<SlurmNode>): Side<SlurmNode> {
  return side.list?.length === 0
    ? { list: undefined, blindness: "its list of nodes is empty: run finish" }
    : side;
}

function withoutSide(reason: string): string {
  return reason.replace(/^OCI: /, "");
}
