import type { ReasonedNode } from "./failed-node.ts";
import { hasJobs } from "./reconcile/slurm-state.ts";

/** What an admin may want of nodes. */
export type NodeChange = "start" | "stop" | "stop-now" | "drain" | "return" | "confirm-dead";

export type ChangeVerdict =
  /** To be done; `what` tells what becomes of the node. */
  | { readonly kind: "do"; readonly what: string }
  /** It is so already. */
  | { readonly kind: "nothing"; readonly what: string }
  /** Slurm would ignore it, or harm would come of it. */
  | { readonly kind: "refuse"; readonly what: string };

/** Whether a change is due with a node, and what comes of it. Pure; the states are as 22.05.8 and 24.11.5 answer to them. */
export function judgeChange(change: NodeChange, node: ReasonedNode): ChangeVerdict {
  const isPowered = change !== "drain" && change !== "return";
  if (isPowered && !node.flags.has("CLOUD"))
    return refuse("not a cloud node: there is no instance behind it to launch or to terminate");
  switch (change) {
    case "start":
      return judgeStart(node);
    case "stop":
      return judgeStop(node);
    case "stop-now":
      return (
        alreadyStopped(node) ??
        due("stops at once; stopnode terminates its instance (POWER_DOWN_FORCE)")
      );
    case "drain":
      return judgeDrain(node);
    case "return":
      return judgeReturn(node);
    case "confirm-dead":
      return (
        alreadyStopped(node) ??
        due("given up (DOWN, then POWER_DOWN_FORCE); stopnode terminates what exists of it")
      );
  }
}

function judgeStart({ base, flags, reason }: ReasonedNode): ChangeVerdict {
  // Slurm says yes to state=POWER_UP then, and does nothing.
  if (flags.has("POWERING_DOWN") || flags.has("POWER_DOWN"))
    return refuse(
      "being powered down, and Slurm ignores a start meanwhile: try again when it is off",
    );
  if (flags.has("POWERING_UP")) return nothing("waking already");
  if (!flags.has("POWERED_DOWN")) return nothing("up already");
  if (base === "DOWN") return refuse(`DOWN (${reason}): return it first with 'citc nodes return'`);
  const more = flags.has("DRAIN") ? "; it stays drained" : "";
  return due(`wakes (POWER_UP): startnode launches its instance${more}`);
}

function judgeStop(node: ReasonedNode): ChangeVerdict {
  const { flags } = node;
  const stopped = alreadyStopped(node);
  if (stopped !== undefined) return stopped;
  if (flags.has("POWER_DOWN")) return nothing("told to stop already, when its jobs have ended");
  const asked = "(POWER_DOWN_ASAP); stopnode terminates its instance";
  if (hasJobs(node)) return due(`takes no new jobs, and stops when its jobs have ended ${asked}`);
  if (flags.has("POWERING_UP")) return due(`stops when it has registered ${asked}`);
  return due(`has no jobs and stops now ${asked}`);
}

/** A power-down of a node that is off would make stopnode run once more, and 22.05 forget that it is off. */
function alreadyStopped({ flags }: ReasonedNode): ChangeVerdict | undefined {
  if (flags.has("POWERING_DOWN")) return nothing("being powered down already");
  const isOff = flags.has("POWERED_DOWN") && !flags.has("POWERING_UP");
  return isOff ? nothing("off already") : undefined;
}

function judgeDrain({ base, flags }: ReasonedNode): ChangeVerdict {
  if (flags.has("POWERED_DOWN")) return due("off, and no job wakes it any more");
  // Seen: a power-down (idle_on_node_suspend) clears DRAIN.
  const until = "until Slurm has powered it down (SuspendTime); then it is in service again";
  const hasWork = hasJobs({ base, flags });
  return due(`takes no ${hasWork ? "new jobs, and those that run end" : "jobs"}, ${until}`);
}

function judgeReturn({ base, flags, reason }: ReasonedNode): ChangeVerdict {
  // Seen: state=RESUME clears the DRAIN and leaves the POWER_DOWN, and POWER_UP is ignored.
  if (flags.has("POWER_DOWN"))
    return refuse(
      "told to stop, which Slurm cannot take back: it is in service again when it has been off",
    );
  if (flags.has("POWERING_DOWN"))
    return refuse("being powered down, and its instance with it: try again when it is off");
  if (base !== "DOWN" && !flags.has("DRAIN") && !flags.has("FAIL"))
    return nothing("in service already");
  return due(`in service again${reason === "" ? "" : `; it was out of it because: ${reason}`}`);
}

function due(what: string): ChangeVerdict {
  return { kind: "do", what };
}

function nothing(what: string): ChangeVerdict {
  return { kind: "nothing", what };
}

function refuse(what: string): ChangeVerdict {
  return { kind: "refuse", what };
}
