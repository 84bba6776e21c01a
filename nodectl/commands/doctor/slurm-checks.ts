import { join } from "node:path";
import { type Finding, ok, skipped, warning, wrong } from "../../domain/doctor/finding.ts";
import { judgeGeneration } from "../../domain/doctor/generation.ts";
import { judgeSlurmSettings, type RunningSettings } from "../../domain/doctor/slurm-settings.ts";
import { readLimits } from "../../domain/limits.ts";
import { parseNodesFile } from "../../domain/nodes-file.ts";
import { formatProblem } from "../../domain/problem.ts";
import type { Checked } from "../../domain/result.ts";
import { neededParameters } from "../../domain/slurm-parameters.ts";
import { generationPaths, isInUse, readGeneration } from "../../files/generation.ts";
import { readInputFile } from "../../files/input-file.ts";
import { parsePositionedYaml } from "../../files/positioned-yaml.ts";
import { isSlurmError } from "../../slurm/slurm-command-error.ts";
import type { Check } from "./check.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { readIfThere } from "./look-at-files.ts";

const BUSY = "slurmctld is too busy or hangs: look at /var/log/slurm/slurmctld.log";
const FINISH = "sudo ~opc/finish";
const NO_SLURM = "install slurm-client, or set slurm_bin_directory in startnode.yaml";

/** slurmctld, what it runs with, and the files of finish. */
export function slurmChecks(context: DoctorContext): readonly Check[] {
  return [
    {
      ...{ id: "slurm-conf", title: "slurm.conf", needs: ["shared"], whenSilent: BUSY },
      run: () => parseSlurmConf(context),
    },
    {
      ...{ id: "generation", title: "nodes.json", needs: ["shared"], whenSilent: BUSY },
      run: async () => [await lookAtGeneration(context)],
    },
    {
      ...{ id: "slurmctld", title: "slurmctld", needs: ["munge", "slurm-conf"], whenSilent: BUSY },
      run: () => askSlurmctld(context),
    },
    {
      ...{ id: "slurm-settings", title: "Slurm settings", whenSilent: BUSY },
      needs: ["slurmctld"],
      run: () => compareSettings(context),
    },
  ];
}

async function parseSlurmConf(context: DoctorContext): Promise<readonly Finding[]> {
  const { slurmConf, slurmDirectory } = context.config;
  const name = join(slurmDirectory, "slurm.conf");
  const included = await readIfThere(name);
  if (included === undefined) {
    return [wrong(`${name} is not there`, `run the playbook, which makes it; then ${FINISH}`)];
  }
  try {
    const verdict = await context.checkSlurmConf(included);
    if (verdict.kind === "valid") return [ok(`Slurm reads ${slurmConf} and what it includes`)];
    const fix = `correct ${slurmConf}; for ${name}: limits.yaml, then ${FINISH}`;
    return [wrong(verdict.message, fix)];
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    return [wrong(error.message, NO_SLURM)];
  }
}

async function lookAtGeneration({ config }: DoctorContext): Promise<Finding> {
  const { nodesFile: file, slurmDirectory, clusterId } = config;
  const paths = generationPaths(slurmDirectory, file);
  const stored = await readGeneration(paths);
  const nodesJson = stored["nodes.json"];
  return judgeGeneration({
    nodesFile: nodesJson === undefined ? undefined : parseNodesFile(nodesJson, file),
    slurmConf: stored["slurm.conf"],
    isInUse: await isInUse(paths, stored),
    clusterId,
  });
}

async function askSlurmctld({ slurm, config }: DoctorContext): Promise<readonly Finding[]> {
  try {
    const { text } = await slurm.version();
    if (await slurm.isAnswering()) return [ok(`answers (Slurm ${text})`)];
    const restart = config.slurmctldRestartCommand.join(" ");
    const fix = `${restart}; /var/log/slurm/slurmctld.log says why it ended`;
    return [wrong(`Slurm ${text}: slurmctld does not answer`, fix)];
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    return [wrong(error.message, NO_SLURM)];
  }
}

async function compareSettings(context: DoctorContext): Promise<readonly Finding[]> {
  const { slurm, config } = context;
  if ((await readIfThere(config.nodesFile)) === undefined) {
    return [skipped(`finish has not run yet: write limits.yaml, then ${FINISH}`)];
  }
  const running = await settingsOrProblem(slurm);
  if ("kind" in running) return [running];
  const stale = judgeHash(running.settings);
  const limits = await readClusterOptions(config.limitsFile);
  if (limits.kind === "invalid") {
    const [problem] = limits.problems;
    const seen = problem === undefined ? config.limitsFile : formatProblem(problem);
    return [...stale, warning(seen, "finish --dry-run says all that is wrong with it")];
  }
  const needed = neededParameters(limits.value, await slurm.version());
  const judged = judgeSlurmSettings(needed, running.settings);
  return stale.length === 0 ? judged : [...stale, ...judged.filter(({ kind }) => kind !== "ok")];
}

async function settingsOrProblem({
  runningSettings,
}: DoctorContext["slurm"]): Promise<Finding | { readonly settings: RunningSettings }> {
  try {
    return { settings: await runningSettings() };
  } catch (error) {
    if (!isSlurmError(error)) throw error;
    return wrong(error.message, BUSY);
  }
}

/** scontrol compares the files with what slurmctld has read: `Match`, or two hashes. */
function judgeHash(running: RunningSettings): readonly Finding[] {
  const hash = running.get("HASH_VAL");
  if (hash === undefined || hash === "Match") return [];
  const fix = `scontrol reconfigure (Slurm before 23.11 needs a restart for nodes: ${FINISH})`;
  return [warning("slurmctld has not read slurm.conf since it changed", fix)];
}

async function readClusterOptions(
  file: string,
): Promise<Checked<ReturnType<typeof readLimits>["limits"]["cluster"]>> {
  const text = await readInputFile(file);
  if (text.kind === "invalid") return text;
  const yaml = parsePositionedYaml(text.value, file);
  if (yaml.kind === "invalid") return yaml;
  const { limits, problems } = readLimits(yaml.value, file);
  return problems.result(limits.cluster);
}
