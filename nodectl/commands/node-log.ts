import { nearestNames } from "../domain/edit-distance.ts";
import { newestOf } from "../domain/launch-decision.ts";
import { consoleLines } from "../domain/node-log/console-lines.ts";
import { ElasticReader } from "../domain/node-log/elastic-line.ts";
import { mergeLines, type LogLine, type Selection } from "../domain/node-log/log-line.ts";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import { readKeptConsoles } from "../files/kept-consoles.ts";
import { listRotatedLogs, readLines, type LogFile } from "../files/rotated-log.ts";
import { OciCallError } from "../oci/oci-errors.ts";
import type { Consoles, InstanceControl } from "../oci/provider.ts";
import type { SlurmControl, SlurmNode } from "../slurm/control.ts";
import { isSlurmError } from "../slurm/slurm-command-error.ts";

export interface NodeLogContext {
  readonly logFile: string;
  readonly consoleDirectory: string;
  readonly slurm: Pick<SlurmControl, "listNodes">;
  /** Absent: OCI is not asked. */
  readonly cloud?: {
    readonly instances: Pick<InstanceControl, "listInstances">;
    readonly consoles: Consoles;
  };
  readonly clock: { now(): number };
}

export interface NodeLog {
  /** Nothing speaks of the node, and Slurm does not have it: the nearest names that it has. */
  readonly unknown: readonly string[] | undefined;
  readonly lines: readonly LogLine[];
  /** Where else to look. */
  readonly notes: readonly string[];
  /** Sources that could not be read. */
  readonly problems: readonly string[];
}

/** Files looked at beyond the first that together have enough lines. */
const FILES_MAX = 20;

/** What all sources say of one node, in the order of time. One that cannot be read keeps none of the others back. */
export async function readNodeLog(
  context: NodeLogContext,
  nodeName: string,
  selection: Selection,
): Promise<NodeLog> {
  const problems: string[] = [];
  const attempt = async <Answer>(
    what: string,
    work: Promise<Answer>,
  ): Promise<Answer | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!isExpected(error)) throw error;
      problems.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const [elastic, kept, living, records] = await Promise.all([
    attempt("elastic log", readElastic(context, nodeName, selection)),
    attempt("kept consoles", readKept(context, nodeName)),
    attempt("console", readConsole(context, nodeName)),
    attempt("Slurm", context.slurm.listNodes()),
  ]);
  const sources = [elastic?.lines ?? [], kept ?? [], living?.lines ?? []];
  const record = records?.find(({ name }) => name === nodeName);
  const isUnknown = sources.flat().length === 0 && records !== undefined && record === undefined;
  return {
    unknown: isUnknown
      ? nearestNames(
          nodeName,
          records.map(({ name }) => name),
        )
      : undefined,
    lines: mergeLines(sources, selection),
    notes: [...(elastic?.notes ?? []), ...(living?.notes ?? []), bootLogNote(record)],
    problems: problems.sort(),
  };
}

/** Errors of OCI, of Slurm, and of the file system (which have a code). */
function isExpected(error: unknown): error is Error {
  if (error instanceof OciCallError || isSlurmError(error)) return true;
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}

interface Told {
  readonly lines: readonly LogLine[];
  readonly notes: readonly string[];
}

/** The newest file first, until there are enough lines or the older ones are too old. */
async function readElastic(
  { logFile }: NodeLogContext,
  nodeName: string,
  { sinceMs = 0, linesMax }: Selection,
): Promise<Told> {
  const reader = new ElasticReader(nodeName);
  const files = (await listRotatedLogs(logFile)).filter(({ modifiedMs }) => modifiedMs >= sinceMs);
  const notes = files.length === 0 ? [`elastic log: no lines in ${logFile} of that time`] : [];
  let lines: readonly LogLine[] = [];
  for (const file of files.slice(0, FILES_MAX)) {
    const found = await readFile(file, reader, linesMax);
    if (!found.isWhole) notes.push(`elastic log: of ${file.path} only a part was read`);
    lines = [...found.lines, ...lines];
    if (lines.length >= linesMax) break;
  }
  return { lines, notes };
}

async function readFile(
  file: LogFile,
  reader: ElasticReader,
  linesMax: number,
): Promise<{ readonly lines: readonly LogLine[]; readonly isWhole: boolean }> {
  let lines: LogLine[] = [];
  const isWhole = await readLines(file, (text) => {
    const line = reader.read(text);
    if (line === undefined) return;
    lines.push(line);
    if (lines.length >= 2 * linesMax) lines = lines.slice(-linesMax);
  });
  return { lines: lines.slice(-linesMax), isWhole };
}

async function readKept(
  { consoleDirectory }: NodeLogContext,
  nodeName: string,
): Promise<readonly LogLine[]> {
  const consoles = await readKeptConsoles(consoleDirectory, nodeName);
  return consoles.flatMap(({ text, modifiedMs }) =>
    consoleLines({ source: "kept", text, startMs: undefined, endMs: modifiedMs }),
  );
}

async function readConsole(
  { cloud, clock }: NodeLogContext,
  nodeName: string,
): Promise<Told | undefined> {
  if (cloud === undefined) return undefined;
  const listed = await cloud.instances.listInstances();
  const newest = newestOf(listed.filter((it) => it.nodeName === nodeName && isLiving(it)));
  if (newest === undefined) return { lines: [], notes: ["console: the node has no instance now"] };
  const text = await cloud.consoles.captureConsole(newest.instanceOcid);
  const { instanceOcid, lifecycleState, timeCreatedMs: startMs } = newest;
  if (text === undefined) {
    const note = `console: OCI gave none of ${instanceOcid} (${lifecycleState}) in time`;
    return { lines: [], notes: [note] };
  }
  return {
    lines: consoleLines({ source: "console", text, startMs, endMs: clock.now() }),
    notes: text.trim() === "" ? [`console: that of ${instanceOcid} is empty`] : [],
  };
}

/** Where the rest is: nobody here can reach it. */
function bootLogNote(record: SlurmNode | undefined): string {
  const where = "boot log: /root/ansible-pull.log on the node itself";
  if (record === undefined) return `${where}, while it is up`;
  const isGone = ["POWERED_DOWN", "POWERING_DOWN"].some((flag) => record.flags.has(flag));
  const isOff = isGone || record.address === record.name;
  return isOff ? `${where}, while it is up` : `${where}: ssh opc@${record.address}`;
}
