import { isOfGeneration } from "../generation.ts";
import type { NodesFile } from "../launch-specification.ts";
import { formatProblem } from "../problem.ts";
import type { Checked } from "../result.ts";
import { type Finding, ok, skipped, wrong } from "./finding.ts";

/** The files of finish, as they lie there. */
export interface GenerationSight {
  /** Absent: there is no nodes.json. */
  readonly nodesFile: Checked<NodesFile> | undefined;
  readonly slurmConf: string | undefined;
  /** slurmctld has confirmed exactly these files. */
  readonly isInUse: boolean;
  /** cluster_id of startnode.yaml. */
  readonly clusterId: string;
}

const RUN_FINISH = "sudo ~opc/finish";

/** startnode launches what nodes.json says, for nodes that slurm.conf names: the two are of one run of finish. */
export function judgeGeneration(sight: GenerationSight): Finding {
  const { nodesFile, slurmConf, isInUse, clusterId } = sight;
  if (nodesFile === undefined) {
    return skipped(`there is no nodes.json: write limits.yaml, then ${RUN_FINISH}`);
  }
  if (nodesFile.kind === "invalid") {
    const [problem] = nodesFile.problems;
    return wrong(problem === undefined ? "invalid" : formatProblem(problem), RUN_FINISH);
  }
  const { generation, clusterId: owner } = nodesFile.value;
  if (owner !== clusterId) {
    const seen = `nodes.json is of cluster ${owner}, and startnode.yaml of ${clusterId}`;
    return wrong(seen, `correct cluster_id in startnode.yaml, or ${RUN_FINISH}`);
  }
  if (!isOfGeneration(slurmConf, generation)) {
    const seen = `slurm.conf and nodes.json (${generation}) are not of one run of finish`;
    return wrong(seen, `${RUN_FINISH}: it completes what a killed run left`);
  }
  if (isInUse) return ok(`generation ${generation}, confirmed by slurmctld`);
  const seen = `slurmctld has not confirmed generation ${generation}`;
  return wrong(seen, `${RUN_FINISH}: its last run did not end, or somebody changed its files`);
}
