import pMap from "p-map";
import type { Clock } from "../../domain/clock.ts";
import { remainsIn, type Remainder, type Remains } from "../../domain/sweep/remains.ts";
import type { OciFailure, RemainsControl } from "../../oci/provider.ts";
import { sleepUntilDeadline } from "../sleep-until-deadline.ts";
import { RemovalRecord } from "./removal-record.ts";

export interface SweepContext {
  readonly control: RemainsControl;
  readonly clock: Clock;
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
  /** Removals under way at once. */
  readonly concurrency: number;
  /** Hears of every look, and of what it is followed by. */
  readonly onLook: (remains: Remains, due: readonly Remainder[]) => void;
}

export interface SweepRequest {
  readonly clusterId: string;
  /** Milliseconds between two looks. */
  readonly pauseMs: number;
  /** Although an instance of the cluster is running that may launch others. */
  readonly despiteLaunchers: boolean;
}

/** Something that is still there, and why. */
export interface LeftOver {
  readonly item: Remainder;
  /** What OCI said to its removal; absent: it was accepted, or had no turn. */
  readonly failure?: OciFailure;
}

export type SweepOutcome =
  /** Found at the first look, before anything was done, unless that list came back short. */
  | { readonly kind: "launchers-run"; readonly launchers: readonly Remainder[] }
  /** Two looks in a row found nothing. */
  | {
      readonly kind: "swept";
      readonly removed: readonly Remainder[];
      readonly doubtful: readonly Remainder[];
    }
  /** OCI refuses for good, or the time was up. */
  | {
      readonly kind: "left";
      readonly removed: readonly Remainder[];
      readonly doubtful: readonly Remainder[];
      readonly left: readonly LeftOver[];
      readonly isTimeUp: boolean;
    };

/** A launch that was on the wire when the management instance ended shows up after the first. */
const EMPTY_LOOKS = 2;

/** One look, and nothing more. Throws OciCallError when OCI does not list. */
export async function lookAtRemains(
  { control, clock }: Pick<SweepContext, "control" | "clock">,
  clusterId: string,
): Promise<Remains> {
  const listing = await control.listCompartment();
  return remainsIn(listing, { clusterId, nowMs: clock.now() });
}

/**
 * Removes what is left of a cluster until two looks in a row find nothing of it. What OCI refuses for good is left, and
 * the rest removed all the same. Safe to repeat.
 * @throws OciCallError when the compartment cannot be listed
 */
export async function sweep(context: SweepContext, request: SweepRequest): Promise<SweepOutcome> {
  const record = new RemovalRecord();
  let emptyLooks = 0;
  for (;;) {
    const remains = await lookAtRemains(context, request.clusterId);
    const { launchers, doubtful } = remains;
    if (launchers.length > 0 && !request.despiteLaunchers) {
      return { kind: "launchers-run", launchers };
    }
    const present = [...remains.removable, ...remains.pending];
    const due = record.dueOf(remains);
    context.onLook(remains, due);
    emptyLooks = present.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === EMPTY_LOOKS) return { kind: "swept", removed: record.accepted, doubtful };
    await removeAll(context, record, due);
    const isHopeless = present.length > 0 && present.every((item) => record.isGivenUp(item));
    if (isHopeless || !(await sleepUntilDeadline(context, request.pauseMs))) {
      const left = present.map((item) => leftOver(record, item));
      const removed = record.accepted.filter(({ ocid }) => !present.some((it) => it.ocid === ocid));
      return { kind: "left", removed, doubtful, left, isTimeUp: !isHopeless };
    }
  }
}

async function removeAll(
  { control, concurrency }: SweepContext,
  record: RemovalRecord,
  due: readonly Remainder[],
): Promise<void> {
  await pMap(
    due,
    async (item) => {
      const outcome = await control.remove(item);
      if (outcome.kind === "removed") record.noteAccepted(item);
      else record.noteRefused(item, outcome.failure);
    },
    { concurrency },
  );
}

function leftOver(record: RemovalRecord, item: Remainder): LeftOver {
  const failure = record.refusalOf(item);
  return failure === undefined ? { item } : { item, failure };
}
