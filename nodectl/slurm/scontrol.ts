import { compressHostlist } from "../domain/hostlist.ts";
import { hasResumeAfter, isAtLeast } from "../domain/slurm-release.ts";
import { createConfigurationControl } from "./configuration.ts";
import type {
  ConfigurationControl,
  FailureControl,
  JobControl,
  JobInquiry,
  JobNotices,
  NodeAddress,
  NodeJobs,
  JobsAtRisk,
  PowerControl,
  ReleaseControl,
  SlurmControl,
  SlurmNode,
  SlurmVersion,
} from "./control.ts";
import { createJobNotices } from "./job-notices.ts";
import { createJobInquiry } from "./job-records.ts";
import { createJobsAtRisk } from "./jobs-at-risk.ts";
import { NO_NODE_LIST, SlurmCommandError } from "./slurm-command-error.ts";
import { SlurmJsonError } from "./json-fields.ts";
import { readNodeRecords, type NodeRecords } from "./node-records.ts";
import { callSlurm, retryWhilePassing, runSlurm, type SlurmOptions } from "./run-slurm.ts";
import type { SubprocessResult } from "../files/subprocess.ts";
import { updateInBatches } from "./update-in-batches.ts";

/** Longer reasons make `sinfo -R` and squeue unreadable. */
const REASON_LENGTH_MAX = 400;

/** SlurmControl by the commands that come with Slurm: one process a call. */
export function createScontrol(
  options: SlurmOptions,
): SlurmControl &
  JobControl &
  ConfigurationControl &
  FailureControl &
  ReleaseControl &
  PowerControl &
  JobsAtRisk &
  JobNotices &
  NodeJobs &
  JobInquiry {
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
    setDown: async (names, reason, downOptions = {}) => {
      const { hasNoMachine, resumeAfterSeconds } = downOptions;
      await setNodeState(options, {
        state: "DOWN",
        names,
        reason,
        ...(hasNoMachine === true && { address: NOWHERE }),
        moreWords: await resumeAfterWords(resumeAfterSeconds, getVersion),
      });
    },
    powerDownByForce: (names, reason) => setState("POWER_DOWN_FORCE", names, reason),
    powerDownWhenFree: (names, reason) => setState("POWER_DOWN_ASAP", names, reason),
    powerUp: (names) => setState("POWER_UP", names),
    drain: (names, reason) => setState("DRAIN", names, reason),
    returnToService: (names) => setState("RESUME", names),
    reconfigure: async () => {
      await callSlurm(options, "scontrol", ["reconfigure"]);
    },
    isAnswering: () => isAnswering(options),
    partitionsWithJobs: () => partitionsWithJobs(options),
    ...createConfigurationControl(options),
    ...createJobNotices(options),
    ...createJobInquiry(options),
    ...createJobsAtRisk(options),
  };
}

async function readVersion(options: SlurmOptions): Promise<SlurmVersion> {
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
  options: SlurmOptions,
  version: SlurmVersion,
): Promise<readonly SlurmNode[]> {
  // scontrol has --json from 23.02 on; sinfo's JSON was the list of nodes only before that.
  const [program, ...words] = isAtLeast(version, 23, 2)
    ? (["scontrol", "--all", "show", "nodes", "--json"] as const)
    : (["sinfo", "--all", "--json"] as const);
  return retryWhilePassing(options, async () => {
    const result = await runSlurm(options, program, words);
    const records = readRecords(result);
    switch (records.kind) {
      case "nodes":
        return records.nodes;
      case "errors":
        throw new SlurmCommandError(result, `${NO_NODE_LIST}: ${records.messages.join("; ")}`);
    }
  });
}

/** What no Slurm that we know writes is a refusal as any other: the callers go on without the list. */
function readRecords(result: SubprocessResult): NodeRecords {
  try {
    return readNodeRecords(result.stdout);
  } catch (error) {
    if (!(error instanceof SlurmJsonError)) throw error;
    throw new SlurmCommandError(result, `the list of nodes cannot be read: ${error.message}`);
  }
}

/** The names come in the order of their addresses, never as ranges: Slurm pairs the two lists by position. */
async function reportAddresses(
  options: SlurmOptions,
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
  /** NodeAddr of all of them. */
  readonly address?: string;
  /** What follows the reason. */
  readonly moreWords?: readonly string[];
}

/** Refuses connections at once: no slurmd runs on the management node. The next power-down resets it to the name. */
const NOWHERE = "127.0.0.1";

async function resumeAfterWords(
  seconds: number | undefined,
  getVersion: () => Promise<SlurmVersion>,
): Promise<readonly string[]> {
  if (seconds === undefined || !hasResumeAfter(await getVersion())) return [];
  return [`resumeafter=${Math.max(1, Math.ceil(seconds))}`];
}

async function setNodeState(options: SlurmOptions, change: StateChange): Promise<void> {
  if (change.names.length === 0) {
    return;
  }
  const startMs = options.clock.now();
  const reason = change.reason === undefined ? undefined : printableReason(change.reason);
  const reasonWords = reason === undefined ? [] : [`reason=${reason}`];
  await updateInBatches(change.names, {
    nameOf: (name) => name,
    update: async (batch) => {
      const names = [...new Set(batch)];
      const { address } = change;
      const addressWords =
        address === undefined ? [] : [`nodeaddr=${names.map(() => address).join(",")}`];
      const words = [
        `nodename=${compressHostlist(names)}`,
        ...addressWords,
        `state=${change.state}`,
      ];
      const more = change.moreWords ?? [];
      await callSlurm(options, "scontrol", ["update", ...words, ...reasonWords, ...more]);
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
async function partitionsWithJobs(options: SlurmOptions): Promise<ReadonlySet<string>> {
  const { stdout } = await callSlurm(options, "squeue", ["--all", "--noheader", "--format=%P"]);
  return new Set(stdout.split(/[\s,]+/).filter((name) => name !== ""));
}

async function isAnswering(options: SlurmOptions): Promise<boolean> {
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
