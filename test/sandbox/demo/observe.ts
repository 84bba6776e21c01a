import { expandHostlist } from "../../../nodectl/domain/hostlist.ts";
import { readNodeRecords } from "../../../nodectl/slurm/node-records.ts";
import type { ListedInstance, Sandbox } from "../sandbox.ts";
import type { Observation, ObservedInstance } from "./observation.ts";

/** What one look needs from the management node, in one call: Slurm's nodes, a line, the job. */
const SEPARATOR = "---";

function lookScript(isNodeListOfSinfo: boolean, jobId: string): string {
  const nodes = isNodeListOfSinfo ? "sinfo --all --json" : "scontrol --all show nodes --json";
  // A job that Slurm has forgotten is no error here.
  return `${nodes}; echo; echo ${SEPARATOR}; squeue --noheader --states=all --jobs=${jobId} --format='%T %N' || true`;
}

export interface Observer {
  readonly sandbox: Sandbox;
  readonly jobId: string;
  /** True up to Slurm 22.05, whose scontrol has no --json. */
  readonly isNodeListOfSinfo: boolean;
  /** Whether machines boot, and say on their consoles how far they are. */
  readonly readsConsoles: boolean;
}

/** Looks at both sides at once. */
export async function observe({
  sandbox,
  jobId,
  isNodeListOfSinfo,
  readsConsoles,
}: Observer): Promise<Observation> {
  const [look, instances, calls] = await Promise.all([
    sandbox.exec("mgmt", ["sh", "-c", lookScript(isNodeListOfSinfo, jobId)]),
    sandbox.instances(),
    sandbox.calls(),
  ]);
  const [nodesText = "", jobText = ""] = look.stdout.split(`\n${SEPARATOR}\n`);
  const records = readNodeRecords(nodesText);
  if (records.kind === "errors") throw new Error(`slurmctld: ${records.messages.join("; ")}`);
  const [jobState = "", jobNodes = ""] = jobText.trim().split(" ");
  return {
    timeMs: Date.now(),
    nodes: records.nodes,
    jobState,
    jobNodes: namesOf(jobNodes),
    instances: await Promise.all(
      instances.map((instance) => observeInstance(sandbox, instance, readsConsoles)),
    ),
    launches: calls
      .filter(({ operation }) => operation === "LaunchInstance")
      .map(({ displayName, timeMs }) => ({ nodeName: displayName ?? "", timeMs })),
  };
}

async function observeInstance(
  sandbox: Sandbox,
  { instanceOcid, lifecycleState, freeformTags }: ListedInstance,
  readsConsoles: boolean,
): Promise<ObservedInstance> {
  const nodeName = freeformTags["node"] ?? "";
  const isUp = readsConsoles && nodeName !== "" && lifecycleState === "RUNNING";
  const console = isUp ? await sandbox.console(instanceOcid) : "";
  return { nodeName, instanceOcid, lifecycleState, console };
}

function namesOf(hostlist: string): readonly string[] {
  if (hostlist === "") return [];
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "invalid") throw new Error(`squeue: ${hostlist}: ${expanded.message}`);
  return expanded.value;
}
