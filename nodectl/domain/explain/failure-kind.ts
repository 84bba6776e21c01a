import { STARTNODE_PREFIX } from "../failed-node.ts";
import { isPauseReason } from "../pause.ts";
import { failedBootIn } from "../reconcile/boot-failures.ts";

/** Why a node that was to be started is DOWN: only startnode's reasons speak of a machine that was not to be had. */
export type FailureKind = "no-machine" | "boots-fail" | "paused" | "given-up";

export function failureKindOf(reason: string): FailureKind {
  if (isPauseReason(reason)) return "paused";
  if (!reason.startsWith(STARTNODE_PREFIX)) return "given-up";
  return failedBootIn(reason) === undefined ? "no-machine" : "boots-fail";
}
