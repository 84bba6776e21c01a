import { expandHostlist } from "../../nodectl/domain/hostlist.ts";

/** What the updates that scontrol was given come to; one line each, as fixtures/scontrol writes them down. */

export function namesOf(hostlist: string): readonly string[] {
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "invalid") throw new Error(expanded.message);
  return expanded.value;
}

/** NodeAddr by node name, as last reported. */
export function addressesIn(updates: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of updates) {
    const match = /^nodename=(\S+) nodeaddr=(\S+) nodehostname=(\S+)$/.exec(line);
    const values = match?.[2]?.split(",") ?? [];
    match?.[1]?.split(",").forEach((name, index) => found.set(name, values[index] ?? ""));
  }
  return found;
}

/** Reason by node name, of those that were set DOWN. */
export function downNodesIn(updates: readonly string[]): Map<string, string> {
  const down = new Map<string, string>();
  for (const line of updates) {
    const names = /^nodename=(\S+) .*\bstate=DOWN\b/.exec(line)?.[1] ?? "";
    const reason = /\breason=(.*)$/.exec(line)?.[1] ?? "";
    for (const name of names === "" ? [] : namesOf(names)) down.set(name, reason);
  }
  return down;
}

/** Those that were powered down by force: Slurm calls stopnode for them. */
export function poweredDownIn(updates: readonly string[]): readonly string[] {
  const hostlists = updates.flatMap(
    (line) => /^nodename=(\S+) state=POWER_DOWN_FORCE\b/.exec(line)?.[1] ?? [],
  );
  return [...new Set(hostlists.flatMap(namesOf))];
}
