import { bootKey, type CapacityEntry } from "../capacity-entry.ts";
import { shortWords } from "../node-log/last-words.ts";
import { ocidTail } from "../status/words.ts";
import type { ShapeOffer } from "../launch-specification.ts";

/** Failed boots in a row, by image and shape (bootKey). */
export type BootFailures = Readonly<Record<string, number>>;

/** How the boot of one node's instance went. */
export interface Boot {
  readonly nodeName: string;
  readonly imageOcid: string;
  /** What was launched, which may be an alternative. */
  readonly offer: ShapeOffer;
  readonly isSuccess: boolean;
  /** What a failed one said last, or what stands in its place. */
  readonly lastWords?: string;
}

export interface BreakerLimits {
  /** So many failures in a row open the breaker. */
  readonly failuresMax: number;
  /** How long it stays open before one node tries. */
  readonly coolDownMs: number;
}

export interface BootVerdict {
  readonly failures: BootFailures;
  /** For the file of capacities: what is closed, and what is open again. */
  readonly entries: readonly CapacityEntry[];
}

/** Longer than this hides the rest of a node's reason. */
const LAST_WORDS_MAX = 120;

/**
 * Counts how boots went. An image that never registers costs an instance for each try: after some failures in a row
 * nothing of that image and shape is launched for a while, then one node tries; a success opens it again, a failure
 * closes it once more. Pure.
 */
export function judgeBoots(
  before: BootFailures,
  boots: readonly Boot[],
  { failuresMax, coolDownMs, nowMs }: BreakerLimits & { readonly nowMs: number },
): BootVerdict {
  const failures: Record<string, number> = { ...before };
  const entries = new Map<string, CapacityEntry>();
  for (const { nodeName, imageOcid, offer, isSuccess, lastWords } of boots) {
    const key = bootKey(imageOcid, offer);
    const count = isSuccess ? 0 : (failures[key] ?? 0) + 1;
    const wasClosed = (failures[key] ?? 0) >= failuresMax;
    failures[key] = count;
    if (isSuccess && wasClosed) entries.set(key, { key, kind: "open", untilMs: 0, message: "" });
    if (count < failuresMax) continue;
    const words = shortWords(lastWords ?? "no console", LAST_WORDS_MAX);
    const message = `the last ${count} boots of image ${ocidTail(imageOcid)} failed: ${words}`;
    const untilMs = nowMs + coolDownMs;
    entries.set(key, { key, kind: "boot", untilMs, message, node: nodeName });
  }
  const counted = Object.entries(failures).filter(([, count]) => count > 0);
  return { failures: Object.fromEntries(counted), entries: [...entries.values()] };
}

/** True of a reason that names such a verdict, whatever else it names. */
export function isAboutFailedBoots(reason: string): boolean {
  return /\bthe last \d+ boots of image \S+ failed: /.test(reason);
}
