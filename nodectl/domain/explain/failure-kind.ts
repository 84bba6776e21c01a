import { STARTNODE_PREFIX } from "../failed-node.ts";
import { isPauseReason } from "../pause.ts";

/** Why a node that was to be started is DOWN: only startnode's reasons speak of a machine that was not to be had. */
export type FailureKind = "no-machine" | "paused" | "given-up";

export function failureKindOf(reason: string): FailureKind {
  if (isPauseReason(reason)) return "paused";
  return reason.startsWith(STARTNODE_PREFIX) ? "no-machine" : "given-up";
}
