import { compressHostlist } from "../domain/hostlist.ts";
import { pauseSentence, pauseWords, type Pause } from "../domain/pause.ts";
import { hasJobs, slurmStateOf } from "../domain/reconcile/slurm-state.ts";
import type { SlurmNode } from "../slurm/control.ts";
import type { PauseOutcome, ResumeReport } from "./pause.ts";

/** What goes on although launching is paused. */
export interface RunningNodes {
  /** Up and with jobs. */
  readonly busy: number;
  /** Up, or DOWN and not off, without jobs. */
  readonly free: number;
  readonly waking: number;
}

export function countRunning(records: readonly SlurmNode[]): RunningNodes {
  const cloud = records.filter(({ flags }) => flags.has("CLOUD"));
  const isWaking = (record: SlurmNode): boolean => slurmStateOf(record).startsWith("waking");
  const isOff = (record: SlurmNode): boolean =>
    slurmStateOf(record) === "going" || slurmStateOf(record).startsWith("off");
  const up = cloud.filter((record) => !isWaking(record) && !isOff(record));
  const busy = up.filter(hasJobs).length;
  return { busy, free: up.length - busy, waking: cloud.filter(isWaking).length };
}

/** @param running undefined when Slurm did not tell */
export function formatPauseOutcome(
  { kind, pause }: PauseOutcome,
  running: RunningNodes | undefined,
): string {
  const head =
    kind === "paused" ? `${sentence(pause)}.` : `Nothing was changed: ${pauseSentence(pause)}.`;
  const lines = [
    head,
    "Nodes that jobs need go DOWN with this reason, and their jobs wait; nothing is launched.",
    running === undefined ? "What is running could not be seen." : describeRunning(running),
    "'citc resume' ends the pause.",
  ];
  return `${lines.join("\n")}\n`;
}

function describeRunning({ busy, free, waking }: RunningNodes): string {
  if (busy + free + waking === 0) return "No node is up.";
  const counted = `${busy} ${busy === 1 ? "node runs" : "nodes run"} jobs, ${free} more ${free === 1 ? "is" : "are"} up`;
  const woken =
    waking === 0
      ? ""
      : `\n${waking} ${waking === 1 ? "is" : "are"} waking: those that are launched already come up.`;
  return `What runs goes on: ${counted}; idle ones stop as usual.${woken}`;
}

export function formatResumeReport({ ended, returned, later }: ResumeReport): string {
  const lines = [
    ended === undefined
      ? "Launching was not paused."
      : `Launching goes on. It was ${pauseWords(ended)}.`,
  ];
  if (returned.length > 0)
    lines.push(
      `Back in service: ${countOf(returned)}: ${compressHostlist(returned)}`,
      "Jobs that were requeued ask for nodes again when their BeginTime has come (cred_expire).",
    );
  if (later.length > 0) {
    lines.push(
      `Still being powered down: ${countOf(later)}: ${compressHostlist(later)}`,
      "  they are back when their next try comes (sinfo -R), or by 'citc resume' once more",
    );
  }
  return `${lines.join("\n")}\n`;
}

function countOf(names: readonly string[]): string {
  return `${names.length} node${names.length === 1 ? "" : "s"}`;
}

function sentence(pause: Pause): string {
  const text = pauseSentence(pause);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
