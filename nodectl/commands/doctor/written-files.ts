import { dirname } from "node:path";
import { type Finding, ok, skipped, warning, wrong } from "../../domain/doctor/finding.ts";
import { pauseWords } from "../../domain/pause.ts";
import { readPause } from "../pause.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { lookAtFile } from "./look-at-files.ts";

/** Who wonders why nothing starts may not know that somebody wanted it so. */
export async function lookAtPause({ config }: DoctorContext): Promise<readonly Finding[]> {
  const pause = await readPause(config.pauseFile);
  if (pause === undefined) return [ok("launching is not paused")];
  return [
    warning(
      `launching is ${pauseWords(pause)}`,
      `sudo citc resume, when its cause is mended; it removes ${config.pauseFile}`,
    ),
  ];
}

/** The directory is the node exporter's; citc-reconcile.service runs as root. */
export async function lookAtMetrics(context: DoctorContext): Promise<readonly Finding[]> {
  const { config, isMetricsFileSet } = context;
  const directory = dirname(config.metricsFile);
  const { kind } = await lookAtFile(directory);
  if (kind === "directory") {
    const fix = `let root write there, or set metrics_file in startnode.yaml: reconcile writes no metrics`;
    return [await tryAsRoot(context, directory, fix)];
  }
  const seen = `there is no directory ${directory}`;
  return isMetricsFileSet
    ? [warning(`${seen}, so that metrics_file is not written`, `mkdir -p ${directory}`)]
    : [skipped(`no node exporter: ${seen}`)];
}

/** reconcile makes it when the first console is to be kept. */
export async function lookAtConsoles(context: DoctorContext): Promise<readonly Finding[]> {
  const { consoleDirectory } = context.config;
  const directory = await directoryThere(consoleDirectory);
  const { kind } = await lookAtFile(consoleDirectory);
  if (kind !== "directory" && kind !== "absent") {
    const fix = `remove it, or set console_directory in startnode.yaml: reconcile keeps no consoles`;
    return [wrong(`${consoleDirectory} is no directory`, fix)];
  }
  const fix = `let root write there: reconcile keeps the consoles of machines that fail in ${consoleDirectory}`;
  return [await tryAsRoot(context, directory, fix)];
}

/** The path itself, or the nearest above it that is a directory. */
export async function directoryThere(path: string): Promise<string> {
  const { kind } = await lookAtFile(path);
  return kind === "directory" || path === dirname(path)
    ? path
    : await directoryThere(dirname(path));
}

async function tryAsRoot(
  { machine, isRoot }: DoctorContext,
  directory: string,
  fix: string,
): Promise<Finding> {
  if (!isRoot) return skipped("only root can see whether root may write there");
  const attempt = await machine.tryToWrite(directory);
  return attempt.kind === "done"
    ? ok(`root may write to ${directory}`)
    : wrong(`cannot write to ${directory}: ${attempt.message}`, fix);
}
