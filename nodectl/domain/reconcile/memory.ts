import { isJsonObject, parseJsonObject } from "../json-object.ts";
import type { BootFailures } from "./boot-failures.ts";
import { INSTANCE_STATES, type InstanceState } from "./instance-state.ts";
import { SLURM_STATES, type SlurmState } from "./slurm-state.ts";

/** What a pass keeps for the next one. Losing it only delays. */
export interface ReconcileMemory {
  /** When the last pass looked, milliseconds since the epoch; 0: never, as far as we know. */
  readonly passMs: number;
  /** Nodes that are being powered up or about which something is due; the others need no memory. */
  readonly nodes: Readonly<Record<string, RememberedNode>>;
  readonly boots: BootFailures;
}

export interface RememberedNode {
  readonly slurmState: SlurmState;
  readonly instanceState: InstanceState;
  /** When it was first seen in these two states. */
  readonly sinceMs: number;
  /** When it was first seen in that state of Slurm's. */
  readonly slurmSinceMs: number;
  /** Only of a node that is being powered up. */
  readonly waking?: Waking;
}

/** Slurm does not tell when a power-up began: it lies between two looks. */
export interface Waking {
  /** The last look at which it was not waking: no instance of this life is older. */
  readonly notBeforeMs: number;
  /** The first look at which it was. */
  readonly sinceMs: number;
  /** An instance of this life was seen. */
  readonly isLaunched: boolean;
}

export const NO_MEMORY: ReconcileMemory = { passMs: 0, nodes: {}, boots: {} };

/** One object of JSON, for a file. */
export function formatMemory(memory: ReconcileMemory): string {
  return `${JSON.stringify({ version: 1, ...memory })}\n`;
}

/** What the file says; NO_MEMORY when it is none of ours, and without the nodes that cannot be read. */
export function parseMemory(text: string): ReconcileMemory {
  const value = parseJsonObject(text);
  if (value?.["version"] !== 1 || !isTime(value["passMs"])) return NO_MEMORY;
  const { passMs, nodes, boots } = value;
  if (!isJsonObject(nodes)) return NO_MEMORY;
  const known = Object.entries(nodes).filter((entry): entry is [string, RememberedNode] =>
    isRemembered(entry[1]),
  );
  return { passMs, nodes: Object.fromEntries(known), boots: readCounts(boots) };
}

function readCounts(value: unknown): BootFailures {
  if (!isJsonObject(value)) return {};
  const counts = Object.entries(value).filter((entry): entry is [string, number] =>
    isTime(entry[1]),
  );
  return Object.fromEntries(counts);
}

function isRemembered(value: unknown): value is RememberedNode {
  if (!isJsonObject(value)) return false;
  const { slurmState, instanceState, sinceMs, slurmSinceMs, waking } = value;
  const areStates =
    typeof slurmState === "string" &&
    slurmState in SLURM_STATES &&
    typeof instanceState === "string" &&
    instanceState in INSTANCE_STATES;
  const isWaking =
    waking === undefined ||
    (isJsonObject(waking) &&
      isTime(waking["notBeforeMs"]) &&
      isTime(waking["sinceMs"]) &&
      typeof waking["isLaunched"] === "boolean");
  return areStates && isTime(sinceMs) && isTime(slurmSinceMs) && isWaking;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
