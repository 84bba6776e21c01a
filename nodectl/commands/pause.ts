import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import {
  formatPause,
  parsePause,
  pausedNodes,
  pauseSentence,
  type Pause,
} from "../domain/pause.ts";
import { removeDurably } from "../files/durable-file.ts";
import { readPauseFile, writePauseFile } from "../files/pause-file.ts";
import type { SlurmControl } from "../slurm/control.ts";
import { giveBack } from "./tend-nodes.ts";

/**
 * The pause that is in force, or undefined. Never throws: a file that is there and cannot be read pauses as well, and
 * the sentence says what is wrong with it.
 * @param file the setting `pause_file`
 */
export async function readPause(file: string): Promise<Pause | undefined> {
  try {
    const text = await readPauseFile(file);
    return text === undefined ? undefined : parsePause(text);
  } catch (error) {
    const reason = `${file} cannot be read (${(error as Error).message})`;
    return { who: "somebody", sinceMs: undefined, reason };
  }
}

export type PauseOutcome =
  | { readonly kind: "paused"; readonly pause: Pause }
  /** It stays as it was. */
  | { readonly kind: "paused-before"; readonly pause: Pause };

/** From now on nothing is launched; what runs goes on. Safe to repeat: the first pause stands. */
export async function pauseLaunching(
  { file, log }: { readonly file: string; readonly log: Log },
  pause: Pause,
): Promise<PauseOutcome> {
  const before = await readPause(file);
  if (before !== undefined) return { kind: "paused-before", pause: before };
  await writePauseFile(file, formatPause(pause));
  log.info("paused launching", { reason: pauseSentence(pause) });
  return { kind: "paused", pause };
}

export interface ResumeContext {
  readonly file: string;
  readonly slurm: Pick<SlurmControl, "listNodes" | "returnToService">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ResumeReport {
  /** The pause that ended; undefined when there was none. */
  readonly ended: Pause | undefined;
  readonly returned: readonly string[];
  /** Could not be returned yet; they come back by themselves at their next try. */
  readonly later: readonly string[];
}

const POLL_MS = 1_000;
/** Slurm looks every 10 s what it has to power down; then stopnode sets the node DOWN, and it can be returned. */
const SETTLE_MS_MAX = 30_000;
/** A stopnode that still lists instances must not find the one that is launched next. */
const STOPNODE_MS = 5_000;

/**
 * Ends the pause, and returns the nodes that were given up because of it. Safe to repeat: a run that was killed between
 * the two is finished by the next one.
 * @throws SlurmCommandError, NodeUpdateError: the pause has ended all the same
 */
export async function resumeLaunching(context: ResumeContext): Promise<ResumeReport> {
  const { file, slurm, clock, log } = context;
  const before = await readPause(file);
  const ended = (await removeDurably(file)) ? before : undefined;
  if (ended !== undefined) log.info("resumed launching", { reason: pauseSentence(ended) });
  const endMs = clock.now() + SETTLE_MS_MAX;
  const goingSinceMs = new Map<string, number>();
  const returned: string[] = [];
  for (;;) {
    const nowMs = clock.now();
    const { off, going, settling } = pausedNodes(await slurm.listNodes(), nowMs);
    for (const name of going) if (!goingSinceMs.has(name)) goingSinceMs.set(name, nowMs);
    const early = going.filter((name) => nowMs - (goingSinceMs.get(name) ?? nowMs) < STOPNODE_MS);
    const due = [...off, ...going.filter((name) => !early.includes(name))];
    await giveBack(context, due);
    returned.push(...due);
    const later = [...early, ...settling];
    if (later.length === 0 || clock.now() >= endMs) return { ended, returned, later };
    await clock.sleep(POLL_MS);
  }
}
