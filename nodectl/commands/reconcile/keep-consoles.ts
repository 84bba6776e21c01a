import pMap from "p-map";
import type { Clock } from "../../domain/clock.ts";
import { livingOf } from "../../domain/reconcile/conditions.ts";
import type { NodeSight } from "../../domain/reconcile/sight.ts";
import type { Log } from "../../domain/log.ts";
import { lastWordsOf, type LastWords } from "../../domain/node-log/last-words.ts";
import { isSystemError } from "../../files/system-error.ts";
import { OciCallError } from "../../oci/oci-errors.ts";
import type { Consoles } from "../../oci/provider.ts";
import { isSettledWithin } from "../sleep-until-deadline.ts";

/** Where the last lines of consoles are kept for people. */
export interface ConsoleFiles {
  /** Returns the file's path. Throws when it cannot be written. */
  save(nodeName: string, text: string): Promise<string>;
}

export interface KeptConsole {
  readonly file: string;
  readonly lastWords: LastWords;
}

export interface ConsoleContext {
  readonly consoles: Consoles;
  readonly consoleFiles: ConsoleFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** In one pass: when more machines are silent, these tell why. */
const CONSOLES_MAX = 8;
const CONCURRENCY = 4;
/** For all of them together: nobody may wait for a console longer than that. */
const TIME_MS_MAX = 45_000;

/**
 * Keeps the end of each machine's console, and returns where, by node. Whatever hinders it is in the log and no more: the nodes are
 * to be replaced all the same.
 */
export async function keepConsoles(
  context: ConsoleContext,
  nodes: readonly NodeSight[],
): Promise<ReadonlyMap<string, KeptConsole>> {
  const files = new Map<string, KeptConsole>();
  const chosen = nodes.slice(0, CONSOLES_MAX);
  if (chosen.length === 0) return files;
  const { clock, log } = context;
  const captures = pMap(
    chosen,
    async (node) => {
      const file = await keepConsole(context, node);
      if (file !== undefined) files.set(node.name, file);
    },
    { concurrency: CONCURRENCY },
  );
  const isInTime = await isSettledWithin(clock, captures, TIME_MS_MAX);
  if (!isInTime) log.warn("consoles did not come in time", { durationMs: TIME_MS_MAX });
  // What comes later is in its file, and in no reason.
  return new Map(files);
}

async function keepConsole(
  { consoles, consoleFiles, log }: ConsoleContext,
  node: NodeSight,
): Promise<KeptConsole | undefined> {
  const [instance] = livingOf(node);
  if (instance === undefined) return undefined;
  const fields = { node: node.name, instanceOcid: instance.instanceOcid };
  try {
    const text = await consoles.captureConsole(instance.instanceOcid);
    if (text === undefined) {
      log.warn("OCI gave no console", fields);
      return undefined;
    }
    const file = await consoleFiles.save(node.name, text);
    log.info("kept the end of a console", { ...fields, reason: file });
    return { file, lastWords: lastWordsOf(text) };
  } catch (error) {
    if (!(error instanceof OciCallError) && !isSystemError(error)) throw error;
    log.warn("could not keep a console", { ...fields, reason: error.message });
    return undefined;
  }
}
