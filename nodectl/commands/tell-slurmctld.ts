import type { Clock } from "../domain/clock.ts";
import { isAtLeast } from "../domain/slurm-release.ts";
import type { SlurmRelease } from "../domain/slurm-release.ts";
import type { SlurmControl, SlurmNode } from "../slurm/control.ts";
import { nodesByName } from "./node-records.ts";

/** How slurmctld learns of new files. */
export type Telling = "reconfigure" | "restart-and-reconfigure";

export interface TellingSituation {
  readonly release: SlurmRelease;
  readonly isAnswering: boolean;
  /** Lines that old releases read at their start alone (startLinesOf) differ from those that slurmctld runs with. */
  readonly haveStartLinesChanged: boolean;
}

/**
 * Up to 23.02 slurmctld must be restarted for another set of nodes: `scontrol reconfigure` ends it ("fatal:
 * MaxNodeCount has changed during reconfig, slurmctld must be restarted", seen on 22.05.8), and for its first
 * PrologSlurmctld. The slurmds then
 * need a reconfigure to read the file again. From 23.11 a reconfigure is enough, and keeps the old configuration
 * when the new one is bad. Restart and reconfigure keep running jobs, nodes that are powering up and their
 * addresses, and call no ResumeProgram a second time (seen on 22.05.8 and 24.11.5).
 */
export function chooseTelling(situation: TellingSituation): Telling {
  const canReconfigure = isAtLeast(situation.release, 23, 11) || !situation.haveStartLinesChanged;
  return situation.isAnswering && canReconfigure ? "reconfigure" : "restart-and-reconfigure";
}

export interface TellingContext {
  readonly slurm: SlurmControl;
  readonly clock: Clock;
  restartSlurmctld(): Promise<void>;
  progress(step: string): void;
}

/** What slurmctld must know, and must not know any more, when it runs the new files. */
export interface ExpectedNodes {
  readonly present: ReadonlySet<string>;
  readonly absent: readonly string[];
}

/**
 * A slurmctld with thousands of nodes needs some seconds to start. 24.11 freezes for 10 s when a node that is
 * powering up has no address yet and its name does not resolve, and waits for a running ResumeProgram.
 */
const TAKE_UP_DEADLINE_MS = 60_000;
const POLL_INTERVAL_MS = 500;

export type TakeUp =
  /** slurmctld runs with the expected nodes; these are all that it knows, by name. */
  | { readonly kind: "taken-up"; readonly nodes: ReadonlyMap<string, SlurmNode> }
  | { readonly kind: "not-taken-up"; readonly complaint: string };

/**
 * Tells slurmctld and waits until it runs with the expected nodes, or says why it does not.
 * @throws SlurmCommandError when a command fails
 */
export async function tellSlurmctld(
  context: TellingContext,
  telling: Telling,
  expected: ExpectedNodes,
): Promise<TakeUp> {
  if (telling === "restart-and-reconfigure") {
    context.progress("restarting slurmctld");
    await context.restartSlurmctld();
    const restarted = await awaitNodes(context, expected);
    if (restarted.kind === "not-taken-up") {
      return restarted;
    }
  }
  await awaitAddresses(context);
  context.progress("telling slurmctld and the slurmds to read their configuration");
  await context.slurm.reconfigure();
  return awaitNodes(context, expected);
}

/** startnode reports addresses within seconds; a node without one after that has none to come. */
const ADDRESS_DEADLINE_MS = 15_000;

/**
 * At a reconfigure slurmctld resolves the name of every waking node that has no address yet, for 10 s a node in which it
 * answers nobody (seen on 24.11.5): better a moment later.
 */
async function awaitAddresses(context: TellingContext): Promise<void> {
  const { slurm, clock } = context;
  const deadlineMs = clock.now() + ADDRESS_DEADLINE_MS;
  for (let look = 0; ; look++) {
    const waiting = (await slurm.listNodes()).filter(
      ({ name, address, flags }) => flags.has("POWERING_UP") && address === name,
    );
    if (waiting.length === 0 || clock.now() >= deadlineMs) return;
    if (look === 0) context.progress(`waiting for the addresses of ${waiting.length} waking nodes`);
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

/** Polls until slurmctld answers with the expected nodes; says what was wrong last when the deadline comes. */
async function awaitNodes(
  { slurm, clock }: TellingContext,
  expected: ExpectedNodes,
): Promise<TakeUp> {
  const deadlineMs = clock.now() + TAKE_UP_DEADLINE_MS;
  for (;;) {
    const state = await compareNodes(slurm, expected);
    if (state.kind === "taken-up" || clock.now() >= deadlineMs) {
      return state;
    }
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

async function compareNodes(slurm: SlurmControl, expected: ExpectedNodes): Promise<TakeUp> {
  if (!(await slurm.isAnswering())) {
    return { kind: "not-taken-up", complaint: "slurmctld does not answer" };
  }
  const nodes = await nodesByName({ slurm });
  const complaint = differenceOf(nodes, expected);
  return complaint === undefined
    ? { kind: "taken-up", nodes }
    : { kind: "not-taken-up", complaint };
}

/** Says which node slurmctld lacks or should have dropped; undefined when it runs with what is expected. */
export function differenceOf(
  known: ReadonlyMap<string, SlurmNode>,
  { present, absent }: ExpectedNodes,
): string | undefined {
  const missing = [...present].find((name) => !known.has(name));
  if (missing !== undefined) {
    return `slurmctld does not know ${missing}`;
  }
  const left = absent.find((name) => known.has(name));
  return left === undefined ? undefined : `slurmctld still knows ${left}`;
}
