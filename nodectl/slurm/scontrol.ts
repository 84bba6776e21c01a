import { join } from "node:path";
import pRetry from "p-retry";
import type { Clock } from "../domain/clock.ts";
import { compressHostlist } from "../domain/hostlist.ts";
import type { Log } from "../domain/log.ts";
import type {
  ConfigurationControl,
  ConfiguringJob,
  JobControl,
  NodeAddress,
  SlurmControl,
  SlurmNode,
  SlurmVersion,
} from "./control.ts";
import { NO_NODE_LIST, SlurmCommandError } from "./slurm-command-error.ts";
import { readNodeRecords } from "./node-records.ts";
import { runSubprocess } from "./subprocess.ts";
import type { SubprocessResult } from "./subprocess.ts";
import { updateInBatches } from "./update-in-batches.ts";

export interface ScontrolOptions {
  /** Where scontrol and sinfo are, e.g. /usr/bin. */
  readonly binDirectory: string;
  /** Absolute path; handed on as SLURM_CONF. */
  readonly slurmConf: string;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * One call. Above Slurm's own MessageTimeout (10 s unless the admin changed it) and its 9 s of connection
   * attempts, so that Slurm's message is heard; below it, a hanging munge would hold us for ever.
   */
  readonly commandTimeoutMs?: number;
  /** How long slurmctld may be away before a call gives up: a restart with thousands of nodes takes seconds. */
  readonly deadlineMs?: number;
}

const COMMAND_TIMEOUT_MS = 30_000;
const DEADLINE_MS = 60_000;

/** 24.11 writes 2.4 kB a node; this is room for Slurm's 65,536 nodes. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

const RETRIES_MAX = 100;
const RETRY_DELAY_MS_MIN = 250;
const RETRY_DELAY_MS_MAX = 2_000;

/** Longer reasons make `sinfo -R` and squeue unreadable. */
const REASON_LENGTH_MAX = 400;

/** SlurmControl by the commands that come with Slurm. Calls go one after the other: slurmctld has one node lock. */
export function createScontrol(
  options: ScontrolOptions,
): SlurmControl & JobControl & ConfigurationControl {
  let version: Promise<SlurmVersion> | undefined;
  const getVersion = (): Promise<SlurmVersion> => {
    version ??= readVersion(options).catch((error: unknown) => {
      version = undefined;
      throw error;
    });
    return version;
  };
  const setState = (state: string, names: readonly string[], reason?: string): Promise<void> =>
    setNodeState(options, { state, names, reason });
  return {
    version: getVersion,
    listNodes: async () => listNodes(options, await getVersion()),
    reportAddresses: (addresses) => reportAddresses(options, addresses),
    setDown: (names, reason) => setState("DOWN", names, reason),
    drain: (names, reason) => setState("DRAIN", names, reason),
    returnToService: (names) => setState("RESUME", names),
    reconfigure: async () => {
      await callSlurm(options, "scontrol", ["reconfigure"]);
    },
    isAnswering: () => isAnswering(options),
    partitionsWithJobs: () => partitionsWithJobs(options),
    configuringJobs: () => configuringJobs(options),
    runsFilesOnDisk: () => runsFilesOnDisk(options),
  };
}

async function readVersion(options: ScontrolOptions): Promise<SlurmVersion> {
  const result = await callSlurm(options, "scontrol", ["--version"]);
  const [text, major, minor] = /(\d+)\.(\d+)\.\d\S*/.exec(result.stdout) ?? [];
  if (text === undefined) {
    throw new SlurmCommandError(
      result,
      `no version in ${JSON.stringify(result.stdout.slice(0, 60))}`,
    );
  }
  return { major: Number(major), minor: Number(minor), text };
}

async function listNodes(
  options: ScontrolOptions,
  version: SlurmVersion,
): Promise<readonly SlurmNode[]> {
  // scontrol has --json from 23.02 on; sinfo's JSON was the list of nodes only before that.
  const [program, ...words] = isBefore(version, 23, 2)
    ? (["sinfo", "--all", "--json"] as const)
    : (["scontrol", "--all", "show", "nodes", "--json"] as const);
  return retryWhilePassing(options, async () => {
    const result = await runSlurm(options, program, words);
    const records = readNodeRecords(result.stdout);
    switch (records.kind) {
      case "nodes":
        return records.nodes;
      case "errors":
        throw new SlurmCommandError(result, `${NO_NODE_LIST}: ${records.messages.join("; ")}`);
    }
  });
}

function isBefore(version: SlurmVersion, major: number, minor: number): boolean {
  return version.major < major || (version.major === major && version.minor < minor);
}

/** The names come in the order of their addresses, never as ranges: Slurm pairs the two lists by position. */
async function reportAddresses(
  options: ScontrolOptions,
  addresses: readonly NodeAddress[],
): Promise<void> {
  await updateInBatches(addresses, {
    nameOf: (address) => address.nodeName,
    update: async (batch) => {
      const names = batch.map((address) => address.nodeName).join(",");
      const ipAddresses = batch.map((address) => address.ipAddress).join(",");
      const words = [`nodename=${names}`, `nodeaddr=${ipAddresses}`, `nodehostname=${names}`];
      await callSlurm(options, "scontrol", ["update", ...words]);
    },
  });
}

interface StateChange {
  readonly state: string;
  readonly names: readonly string[];
  readonly reason: string | undefined;
}

async function setNodeState(options: ScontrolOptions, change: StateChange): Promise<void> {
  if (change.names.length === 0) {
    return;
  }
  const startMs = options.clock.now();
  const reason = change.reason === undefined ? undefined : printableReason(change.reason);
  const reasonWords = reason === undefined ? [] : [`reason=${reason}`];
  await updateInBatches(change.names, {
    nameOf: (name) => name,
    update: async (batch) => {
      const words = [`nodename=${compressHostlist(batch)}`, `state=${change.state}`];
      await callSlurm(options, "scontrol", ["update", ...words, ...reasonWords]);
    },
    // Slurm refuses RESUME for a node that is neither DOWN nor draining: it is in service already.
    isDone: (error) => change.state === "RESUME" && error.says("Invalid node state specified"),
  });
  options.log.info("node state set", {
    action: change.state,
    nodes: compressHostlist(change.names),
    count: change.names.length,
    durationMs: options.clock.now() - startMs,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** One line without the quotes at its ends, which scontrol would take for its own. */
function printableReason(reason: string): string {
  const line = reason.replaceAll(/[\p{Cc}\s]+/gu, " ").replaceAll(/^["' ]+|["' ]+$/g, "");
  if (line === "") {
    throw new Error("a node state without a reason: people read it in sinfo -R");
  }
  return line.slice(0, REASON_LENGTH_MAX);
}

/** A job may name several, with commas. Text, because it is the same in every version and a hundredth of the JSON. */
async function partitionsWithJobs(options: ScontrolOptions): Promise<ReadonlySet<string>> {
  const { stdout } = await callSlurm(options, "squeue", ["--all", "--noheader", "--format=%P"]);
  return new Set(stdout.split(/[\s,]+/).filter((name) => name !== ""));
}

async function isAnswering(options: ScontrolOptions): Promise<boolean> {
  try {
    await runSlurm(options, "scontrol", ["ping"]);
    return true;
  } catch (error) {
    const isAway = error instanceof SlurmCommandError && (error.exitCode === 1 || error.isPassing);
    if (isAway) {
      return false;
    }
    throw error;
  }
}

/** Runs a command and asks again while slurmctld is away, up to the deadline. */
async function callSlurm(
  options: ScontrolOptions,
  program: string,
  words: readonly string[],
): Promise<SubprocessResult> {
  return retryWhilePassing(options, () => runSlurm(options, program, words));
}

async function runSlurm(
  options: ScontrolOptions,
  program: string,
  words: readonly string[],
): Promise<SubprocessResult> {
  const result = await runSubprocess({
    program: join(options.binDirectory, program),
    arguments: words,
    environment: slurmEnvironment(options.slurmConf),
    timeoutMs: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  if (result.exitCode !== 0) {
    throw new SlurmCommandError(result);
  }
  return result;
}

/** Fixed: what Slurm prints must not change with the person who calls us (SLURM_TIME_FORMAT, SINFO_ALL, …). */
function slurmEnvironment(slurmConf: string): Readonly<Record<string, string>> {
  return { PATH: "/usr/bin:/bin", HOME: "/", LC_ALL: "C", SLURM_CONF: slurmConf };
}

async function retryWhilePassing<Answer>(
  options: ScontrolOptions,
  call: () => Promise<Answer>,
): Promise<Answer> {
  return pRetry(call, {
    retries: RETRIES_MAX,
    minTimeout: RETRY_DELAY_MS_MIN,
    maxTimeout: RETRY_DELAY_MS_MAX,
    factor: 2,
    randomize: false,
    maxRetryTime: options.deadlineMs ?? DEADLINE_MS,
    shouldRetry: ({ error }) => error instanceof SlurmCommandError && error.isPassing,
    onFailedAttempt: ({ error }) => {
      if (error instanceof SlurmCommandError && error.isPassing) {
        options.log.warn("slurmctld did not answer", { reason: error.message });
      }
    },
  });
}

/**
 * scontrol reads the files itself and compares their hash with slurmctld's: `HASH_VAL = Match`, or `Different Ours=…
 * Slurmctld=…` (seen on 22.05.8 and 24.11.5; the hash covers included files and comments).
 */
async function runsFilesOnDisk(options: ScontrolOptions): Promise<boolean> {
  const { stdout } = await callSlurm(options, "scontrol", ["show", "config"]);
  return /^HASH_VAL\s*=\s*Match\s*$/m.test(stdout);
}

/** Fields of fixed widths: the same text in every version (22.05.8 and 24.11.5). */
const JOB_FIELDS = "JobArrayID:40,NumNodes:10,BatchFlag:4,UserName:64";

async function configuringJobs(options: ScontrolOptions): Promise<readonly ConfiguringJob[]> {
  const words = ["--all", "--noheader", "--states=CONFIGURING", "--sort=i"];
  const result = await callSlurm(options, "squeue", [...words, `--Format=${JOB_FIELDS}`]);
  const lines = result.stdout.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, id, nodeCount, batchFlag, user] = /^(\S+) +(\d+) +(\d) +(\S+) *$/.exec(line) ?? [];
    if (id === undefined || user === undefined) {
      throw new SlurmCommandError(result, `squeue wrote ${JSON.stringify(line.slice(0, 120))}`);
    }
    return { id, user, nodeCount: Number(nodeCount), isBatch: batchFlag !== "0" };
  });
}
