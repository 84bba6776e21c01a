import { readText } from "./fields.ts";
import type { TextRule } from "./fields.ts";
import { locatedAt } from "./fields.ts";
import type { SlurmOptions } from "./launch-specification.ts";
import type { PositionedEntry, PositionedMap } from "./positioned.ts";
import type { Located, ProblemCollector } from "./problem-collector.ts";

/** Drops a parameter that finish would write. */
export const OMIT = "omit";

/** Which parameters limits.yaml may give on a kind of line. */
export interface OptionRule {
  /** As Slurm spells them; undefined: whatever Slurm knows, which only slurmctld can tell. */
  readonly known?: readonly string[];
  /** Parameters that somebody else gives, in lower case, and what to write instead. */
  readonly refused: ReadonlyMap<string, string>;
}

const WRITTEN_BY_FINISH = "remove it: finish writes it";

/** slurm.conf(5), NODE CONFIGURATION; what 22.05 and 24.11 both know. */
export const NODE_OPTIONS: OptionRule = {
  known: [
    "CPUs",
    "Sockets",
    "CoresPerSocket",
    "ThreadsPerCore",
    "RealMemory",
    "Gres",
    "Weight",
    "MemSpecLimit",
    "CoreSpecCount",
    "CpuSpecList",
    "CpuBind",
    "TmpDisk",
    "Port",
  ],
  refused: refusals(WRITTEN_BY_FINISH, ["NodeName", "NodeAddr", "NodeHostname", "State", "Reason"])
    .set("feature", "write it under features")
    .set("features", "write it under features"),
};

/** slurm.conf(5), PARTITION CONFIGURATION; PowerDownOnIdle is from 23.02 on. */
export const PARTITION_OPTIONS: OptionRule = {
  known: [
    ...[
      "AllocNodes",
      "AllowAccounts",
      "AllowGroups",
      "AllowQos",
      "Alternate",
      "CpuBind",
      "Default",
    ],
    ...["DefaultTime", "DefCpuPerGPU", "DefMemPerCPU", "DefMemPerGPU", "DefMemPerNode"],
    ...[
      "DenyAccounts",
      "DenyQos",
      "DisableRootJobs",
      "ExclusiveUser",
      "GraceTime",
      "Hidden",
      "LLN",
    ],
    ...["MaxCPUsPerNode", "MaxMemPerCPU", "MaxMemPerNode", "MaxNodes", "MaxTime", "MinNodes"],
    ...["OverSubscribe", "OverTimeLimit", "PowerDownOnIdle", "PreemptMode", "PriorityJobFactor"],
    ...["PriorityTier", "QOS", "ReqResv", "ResumeTimeout", "RootOnly", "SelectTypeParameters"],
    ...["State", "SuspendTime", "SuspendTimeout", "TRESBillingWeights"],
  ],
  refused: refusals(WRITTEN_BY_FINISH, ["PartitionName"]).set(
    "nodes",
    "remove it, and write `partition:` under the shapes that belong to it",
  ),
};

/** Lines of their own in slurm.conf. */
export const GLOBAL_OPTIONS: OptionRule = {
  refused: new Map([
    ...refusals(WRITTEN_BY_FINISH, ["NodeName", "ResumeProgram", "SuspendProgram", "GresTypes"]),
    ...refusals("write it under cluster: partitions:", ["PartitionName"]),
    ...refusals("write it without slurm_options, as suspend_time", ["SuspendTime"]),
    ...refusals("write it without slurm_options, as suspend_timeout", ["SuspendTimeout"]),
    ...refusals("write it without slurm_options, as resume_timeout", ["ResumeTimeout"]),
    ...refusals("write it into /etc/slurm/slurm.conf", [
      ...["Include", "ClusterName", "SlurmctldHost", "SlurmUser", "SlurmdUser", "AuthType"],
      ...["StateSaveLocation", "SlurmctldPort", "SlurmdPort", "DownNodes", "NodeSet"],
    ]),
  ]),
};

/** DEFAULT is no partition: such a line sets defaults for those below it. */
export const PARTITION_NAME: TextRule = {
  pattern: /^(?!default$)[A-Za-z0-9][A-Za-z0-9_.-]*$/i,
  lengthMax: 63,
  fix: "write a partition's name: letters, digits, _ . and -, and not DEFAULT",
};

/** A blank would end the value and begin another parameter; # would begin a comment, and \ join two lines. */
const VALUE: TextRule = {
  pattern: /^[^\s"'#\\]+$/,
  lengthMax: 500,
  fix: "write one word, without blanks, quotes, # and \\",
};

export function readSlurmOptions(
  map: Located<PositionedMap>,
  rule: OptionRule,
  problems: ProblemCollector,
): SlurmOptions {
  const options: Record<string, string> = {};
  for (const entry of map.at.entries) {
    const name = readName(map, entry, rule, problems);
    const value = readText(locatedAt(map, entry), VALUE, problems);
    if (name === null || value === null) continue;
    if (ownKeyOf(options, name) !== undefined) {
      const fix = "keep one of the two: Slurm does not tell upper from lower case";
      problems.report(locatedAt(map, entry), "this parameter stands here already", fix);
    }
    options[name] = value;
  }
  return options;
}

/** The parameter as Slurm spells it. */
function readName(
  map: Located<PositionedMap>,
  entry: PositionedEntry,
  { known, refused }: OptionRule,
  problems: ProblemCollector,
): string | null {
  const located = locatedAt(map, entry);
  const refusal = refused.get(entry.key.toLowerCase());
  if (refusal !== undefined) {
    return problems.report(located, "this parameter cannot be given here", refusal);
  }
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(entry.key)) {
    const fix = "write a parameter's name as slurm.conf(5) spells it";
    return problems.report(located, "this is not a parameter of Slurm", fix);
  }
  if (known === undefined) return entry.key;
  const name = known.find((candidate) => isSameKey(candidate, entry.key));
  if (name !== undefined) return name;
  problems.reportUnknownKey(map.path, entry, known);
  return null;
}

/** Slurm does not tell upper from lower case in the names of parameters. */
export function isSameKey(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** How a parameter is spelled among these options; undefined when it is not among them. */
export function ownKeyOf(options: SlurmOptions, name: string): string | undefined {
  return Object.keys(options).find((key) => isSameKey(key, name));
}

function refusals(fix: string, names: readonly string[]): Map<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), fix]));
}
