import { expandHostlist } from "../../nodectl/domain/hostlist.ts";
import type { SlurmNode } from "../../nodectl/slurm/control.ts";
import { readNodeRecords } from "../../nodectl/slurm/node-records.ts";
import type { ReleaseName } from "../sandbox/machines/releases.ts";

/** A job as `scontrol show job` tells of it, also for some minutes after its end. */
export interface SlurmJob {
  /** The first is the base state; 24.11 adds CONFIGURING and the like. */
  readonly states: readonly string[];
  readonly nodeNames: readonly string[];
  readonly restarts: number;
  /** Milliseconds since the epoch; of a job without an end, when its time would be over. */
  readonly endTimeMs: number;
}

/** The command that lists all nodes as JSON: sinfo's was that list before scontrol had one. */
export function nodeListCommand(release: ReleaseName): readonly string[] {
  switch (release) {
    case "bookworm":
      return ["sinfo", "--all", "--json"];
    case "trixie":
      return ["scontrol", "--all", "show", "nodes", "--json"];
  }
}

export function readNodes(text: string): readonly SlurmNode[] {
  const records = readNodeRecords(text);
  if (records.kind === "errors") throw new Error(`slurmctld: ${records.messages.join("; ")}`);
  return records.nodes;
}

/** With times in seconds since the epoch: the default has no time zone. */
export function jobCommand(jobId: string): readonly string[] {
  return ["env", "SLURM_TIME_FORMAT=%s", "scontrol", "--oneliner", "show", "job", jobId];
}

export function readJob(text: string): SlurmJob {
  return {
    states: fieldOf(text, "JobState").split(","),
    nodeNames: namesOf(fieldOf(text, "NodeList")),
    restarts: Number(fieldOf(text, "Restarts")),
    endTimeMs: Number(fieldOf(text, "EndTime")) * 1000,
  };
}

/** ReqNodeList and the like end with the same words: a field starts after a space. */
function fieldOf(text: string, key: string): string {
  const value = new RegExp(`(?:^| )${key}=(\\S*)`).exec(text)?.[1];
  if (value === undefined) throw new Error(`scontrol says nothing of ${key}: ${text}`);
  return value;
}

export function namesOf(hostlist: string): readonly string[] {
  if (hostlist === "" || hostlist === "(null)") return [];
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "invalid") throw new Error(`Slurm wrote ${hostlist}: ${expanded.message}`);
  return expanded.value;
}

/** The node is off, and Slurm may give it to a job. */
export function isOff({ base, flags }: SlurmNode): boolean {
  return base === "IDLE" && flags.has("POWERED_DOWN") && !flags.has("POWERING_DOWN");
}

const NOT_UP = ["POWERED_DOWN", "POWERING_DOWN", "POWERING_UP", "POWER_DOWN", "NOT_RESPONDING"];

/** The node's slurmd has registered and is there. */
export function isUp({ base, flags }: SlurmNode): boolean {
  return base !== "DOWN" && !NOT_UP.some((flag) => flags.has(flag));
}
