import { groupBy } from "../domain/group-by.ts";
import type { SubprocessResult } from "../files/subprocess.ts";

/** What 22.05's `sinfo --json` comes to when slurmctld is away: exit code 0, an empty list, and an error inside. */
export const NO_NODE_LIST = "slurmctld gave no list of nodes";

/** A Slurm command that refused, or got no answer from slurmctld within the deadline. */
export class SlurmCommandError extends Error {
  override readonly name = "SlurmCommandError";
  readonly command: string;
  /** Absent when the program did not end by itself. */
  readonly exitCode: number | undefined;
  /** The first line of standard error, or what stands in its place. */
  readonly detail: string;
  /** True when slurmctld was not there or too busy to answer: it may be restarting, and asking again is right. */
  readonly isPassing: boolean;
  readonly #stderr: string;

  constructor(result: SubprocessResult, detail = describeResult(result)) {
    super(`${result.command}: ${detail}`);
    this.command = result.command;
    this.exitCode = result.exitCode;
    this.detail = detail;
    this.#stderr = result.stderr;
    this.isPassing =
      result.failure?.kind === "timed-out" || PASSING.test(`${result.stderr}\n${detail}`);
  }

  /** True when Slurm said these words, also after lines of other complaints. */
  says(words: string): boolean {
    return this.#stderr.includes(words);
  }
}

export interface NodeRefusal {
  readonly nodeName: string;
  readonly error: SlurmCommandError;
}

/** Some nodes of a batch were refused; all the others have been done. */
export class NodeUpdateError extends Error {
  override readonly name = "NodeUpdateError";
  readonly nodeNames: readonly string[];
  readonly refusals: readonly NodeRefusal[];

  constructor(refusals: readonly NodeRefusal[]) {
    const [first] = refusals;
    const nodeNames = refusals.map(({ nodeName }) => nodeName);
    const shown = nodeNames.slice(0, NAMES_SHOWN_MAX).join(", ");
    const more =
      nodeNames.length > NAMES_SHOWN_MAX ? ` and ${nodeNames.length - NAMES_SHOWN_MAX} more` : "";
    super(`Slurm refused ${shown}${more}: ${first?.error.detail ?? ""}`, { cause: first?.error });
    this.nodeNames = nodeNames;
    this.refusals = refusals;
  }
}

const NAMES_SHOWN_MAX = 5;

/** slurm_errno.c, and seen on 22.05.8 and 24.11.5 with slurmctld killed, stopped and starting. */
const PASSING = new RegExp(
  [
    "Unable to contact slurm controller",
    "Socket timed out on send/recv operation",
    "Zero Bytes were transmitted or received",
    "controller in standby mode",
    "Transport endpoint is not connected",
    "Connection (?:refused|reset by peer|timed out)",
    "Protocol authentication error",
    NO_NODE_LIST,
  ].join("|"),
  "i",
);

function describeResult(result: SubprocessResult): string {
  const line = firstLine(result.stderr) ?? firstLine(result.stdout);
  switch (result.failure?.kind) {
    case undefined:
      return line ?? `exit code ${result.exitCode ?? "unknown"} and no message`;
    case "timed-out":
      return `no answer within ${result.failure.timeoutMs} ms${line === undefined ? "" : `: ${line}`}`;
    case "too-much-output":
      return `more than ${result.failure.outputBytesMax} bytes of output`;
    case "signalled":
      return `ended by ${result.failure.signal}${line === undefined ? "" : `: ${line}`}`;
    case "not-started":
      return result.failure.message;
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "");
}

/** True for what a call of SlurmControl may throw when Slurm refuses or does not answer. */
export function isSlurmError(error: unknown): error is SlurmCommandError | NodeUpdateError {
  return error instanceof SlurmCommandError || error instanceof NodeUpdateError;
}

/**
 * What several calls threw, as one error: it names all nodes that were refused, unless a call got no further than an answer that
 * says nothing of single nodes.
 */
export function mergeRefusals(
  errors: readonly (SlurmCommandError | NodeUpdateError)[],
): SlurmCommandError | NodeUpdateError | undefined {
  const ofAll = errors.find((error) => error instanceof SlurmCommandError);
  if (ofAll !== undefined || errors.length === 0) return ofAll;
  const ofNodes = errors.filter((error) => error instanceof NodeUpdateError);
  // A node that was refused one step is refused the next as well.
  const byName = groupBy(
    ofNodes.flatMap(({ refusals }) => refusals),
    ({ nodeName }) => nodeName,
  );
  return new NodeUpdateError([...byName.values()].flatMap(([first]) => first ?? []));
}
