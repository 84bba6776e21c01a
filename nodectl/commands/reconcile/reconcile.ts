import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../domain/clock.ts";
import { errorText } from "../../domain/error-text.ts";
import { LOOK_AGAIN_MS, type Decision } from "../../domain/reconcile/decide.ts";
import { remember } from "../../domain/reconcile/look.ts";
import {
  formatMemory,
  NO_MEMORY,
  parseMemory,
  type ReconcileMemory,
} from "../../domain/reconcile/memory.ts";
import { slurmStateOf } from "../../domain/reconcile/slurm-state.ts";
import { nodesByName } from "../node-records.ts";
import { carryOut, type Act, type ActContext, type Acted } from "./act.ts";
import { countBoots, type BootContext } from "./boots.ts";
import { observe, type Observation, type ObserveContext } from "./observe.ts";

/** Where one pass leaves what the next one has to know. */
export interface MemoryStore {
  read(): Promise<string>;
  write(text: string): Promise<void>;
}

export type ReconcileContext = ObserveContext &
  ActContext &
  BootContext & { readonly clock: Clock; readonly store: MemoryStore };

type Seen = Extract<Observation, { kind: "seen" }>;

export type ReconcileOutcome =
  /** Nothing was done: `decisions` is what a pass would do now. */
  | { readonly kind: "planned"; readonly seen: Seen }
  | { readonly kind: "done"; readonly seen: Seen; readonly acted: Acted }
  | { readonly kind: "blind"; readonly reason: string };

/**
 * One pass: looks at both sides, decides, looks again where the rules ask for it, and acts. May be killed at any point:
 * the next pass finds what is left to do.
 */
export async function reconcile(
  context: ReconcileContext,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<ReconcileOutcome> {
  const memory = await recall(context);
  let seen = await observe(context, memory);
  if (seen.kind === "blind") return seen;
  if (isDryRun) return { kind: "planned", seen };
  if (seen.decisions.some(needsSecondLook)) {
    const first = memoryOf(seen, memory);
    await context.clock.sleep(LOOK_AGAIN_MS);
    seen = await observe(context, { ...first, passMs: memory.passMs });
    if (seen.kind === "blind") return seen;
  }
  // Before anything is done: a pass that is killed must not be forgotten.
  await keep(context, memoryOf(seen, memory));
  const acted = await carryOut(context, await stillDue(context, seen));
  const { nodes, instances } = seen;
  const boots = await countBoots(context, { before: memory, nodes, instances, acted });
  if (!isDeepStrictEqual(boots, memory.boots))
    await keep(context, { ...memoryOf(seen, memory), boots });
  return { kind: "done", seen, acted };
}

function needsSecondLook(decision: Decision): boolean {
  return decision.kind === "wait" && decision.rule.patience === "soon-again";
}

/**
 * Time has passed since OCI's list, and Slurm wakes nodes at any time: only what is still in the state that was decided
 * upon is touched.
 */
async function stillDue(context: ReconcileContext, seen: Seen): Promise<readonly Act[]> {
  const acts = seen.decisions.filter((it) => it.kind === "act");
  if (acts.length === 0) return [];
  const records = await nodesByName(context);
  return acts.filter(({ node }) => slurmStateOf(records.get(node.name)) === node.slurmState);
}

/** Only nodes that are being powered up, or about which something is due. */
function memoryOf({ decisions, nowMs }: Seen, { boots }: ReconcileMemory): ReconcileMemory {
  const open = decisions.filter(
    ({ kind, node }) => kind !== "in-order" || node.waking !== undefined,
  );
  const nodes = open.map(({ node }) => node);
  return { ...remember(nodes, nowMs), boots };
}

/** Without its memory a pass decides later, and never wrongly: a file that cannot be used is said and no more. */
async function recall({ store, log }: ReconcileContext): Promise<ReconcileMemory> {
  try {
    return parseMemory(await store.read());
  } catch (error) {
    log.warn("could not read what the last pass saw", { reason: errorText(error) });
    return NO_MEMORY;
  }
}

async function keep({ store, log }: ReconcileContext, memory: ReconcileMemory): Promise<void> {
  try {
    await store.write(formatMemory(memory));
  } catch (error) {
    log.warn("could not write what this pass saw", { reason: errorText(error) });
  }
}
