import { bootKey, type CapacityEntry } from "../capacity-entry.ts";
import { BOOT_STAGES, shortWords, type BootStage, type LastWords } from "../node-log/last-words.ts";
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
  /** What one that failed said last, or what stands in its place; undefined: it came up. */
  readonly failure: LastWords | undefined;
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

/** With what stands before them they must fit into a node's reason (startnodeText), which tells by them why it is DOWN. */
const LAST_WORDS_MAX = 120;

/** How the message goes on behind "failed": how far the machine had come of which it has the words. */
const STAGE_WORDS: Readonly<Record<BootStage, string>> = {
  failed: ", not configured",
  unfinished: ", not ready in time",
  configured: ", ready but not heard",
  silent: "",
};

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
  for (const { nodeName, imageOcid, offer, failure } of boots) {
    const key = bootKey(imageOcid, offer);
    const count = failure === undefined ? 0 : (failures[key] ?? 0) + 1;
    const wasClosed = (failures[key] ?? 0) >= failuresMax;
    failures[key] = count;
    if (failure === undefined && wasClosed)
      entries.set(key, { key, kind: "open", untilMs: 0, message: "" });
    if (failure === undefined || count < failuresMax) continue;
    const message = `the last ${count} boots of image ${ocidTail(imageOcid)} ${failureText(failure)}`;
    const untilMs = nowMs + coolDownMs;
    entries.set(key, { key, kind: "boot", untilMs, message, node: nodeName });
  }
  const counted = Object.entries(failures).filter(([, count]) => count > 0);
  return { failures: Object.fromEntries(counted), entries: [...entries.values()] };
}

function failureText({ stage, words }: LastWords): string {
  return `failed${STAGE_WORDS[stage]}: ${shortWords(words, LAST_WORDS_MAX)}`;
}

/**
 * Reads the message of a verdict, or a reason that names one, whatever else it names: how far the last machine had come,
 * and what it said. undefined: it is about something else.
 */
export function failedBootIn(text: string): LastWords | undefined {
  const [, stageWords, words] = MESSAGE.exec(text) ?? [];
  if (stageWords === undefined || words === undefined) return undefined;
  const stage = BOOT_STAGES.find((it) => STAGE_WORDS[it] === stageWords);
  return { stage: stage ?? "silent", words };
}

const MESSAGE = /\bthe last \d+ boots of image \S+ failed(|, [a-z ]+): (.*)/;
