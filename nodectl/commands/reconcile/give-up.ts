import { nextTryText } from "../../domain/failed-node.ts";
import { groupBy } from "../../domain/group-by.ts";
import { newestOf } from "../../domain/launch-decision.ts";
import { lastWordsOn, shortWords } from "../../domain/node-log/last-words.ts";
import { RECONCILE_PREFIX } from "../../domain/reconcile/reasons.ts";
import type { FailureControl, NodeJobs, SlurmControl } from "../../slurm/control.ts";
import { eachDespiteRefusals } from "../each-despite-refusals.ts";
import { tellUsers, type TellContext } from "../tell-users.ts";
import type { Act } from "./act.ts";
import type { KeptConsole } from "./keep-consoles.ts";

export interface GiveUpContext extends TellContext {
  readonly slurm: Pick<SlurmControl, "setDown"> & FailureControl & NodeJobs & TellContext["slurm"];
  /** How long a node that is set aside stays DOWN. */
  readonly retryDelayMs: number;
  readonly clock: { now(): number };
}

/**
 * Gives nodes up: their jobs are told and requeued, and Slurm makes the nodes idle again after SuspendTimeout. DOWN comes
 * first: POWER_DOWN_FORCE alone leaves the job of a dead machine COMPLETING, and its node powered up, until
 * SlurmdTimeout (seen on 22.05.8 and 24.11.5). The power-down calls stopnode, which terminates what there is.
 */
export async function giveUp(
  context: GiveUpContext,
  acts: readonly Act[],
  consoles: Consoles = new Map(),
): Promise<void> {
  const { slurm, clock, retryDelayMs } = context;
  const retryAtMs = clock.now() + retryDelayMs;
  const byReason = groupBy(acts, (act) => reasonOf(act, { consoles, retryAtMs }));
  const setDowns = [...byReason].map(([reason, some]) => async () => {
    await tellUsers(context, async () => [
      { jobs: await slurm.jobsOnNodes(namesOf(some)), text: noticeOf(some, consoles) },
    ]);
    await setDown(context, some, reason);
  });
  const powerDown = (): Promise<void> => slurm.powerDownByForce(namesOf(acts));
  const refusal = await eachDespiteRefusals([...setDowns, powerDown], (step) => step());
  if (refusal !== undefined) throw refusal;
}

/**
 * A waking node may have no address but its name, which 22.05 would look up for 10 s. Of one that is up the address stays:
 * slurmctld 24.11 has other slurmds ping a DOWN node for it, at 127.0.0.1 one of them answers itself, and the node
 * is back in service (seen on 24.11.5).
 */
async function setDown(
  { slurm, retryDelayMs }: GiveUpContext,
  acts: readonly Act[],
  reason: string,
): Promise<void> {
  const hasNoMachine = acts.every(({ node }) => node.slurmState === "waking");
  // For the case that the power-down, which takes this back, does not come.
  const isSetAside = acts.every(({ action }) => action.kind === "set-aside");
  const resumeAfter = isSetAside ? { resumeAfterSeconds: retryDelayMs / 1000 } : {};
  await slurm.setDown(namesOf(acts), reason, { hasNoMachine, ...resumeAfter });
}

interface ReasonParts {
  readonly consoles: Consoles;
  readonly retryAtMs: number;
}

/** For `sinfo -R`: why, what OCI says, and where the console is. */
function reasonOf(act: Act, { consoles, retryAtMs }: ReasonParts): string {
  const words = `${RECONCILE_PREFIX} ${whyOf(act, consoles)}`;
  if (act.action.kind === "set-aside") return `${words} ${nextTryText(retryAtMs)}`;
  const file = consoles.get(act.node.name)?.file;
  return file === undefined ? words : `${words}; console in ${file}`;
}

/** They all have the same reason, but for the consoles. */
function noticeOf([first]: readonly Act[], consoles: Consoles): string {
  return `${RECONCILE_PREFIX} a node of this job was lost: ${first === undefined ? "" : whyOf(first, consoles)}`;
}

type Consoles = ReadonlyMap<string, KeptConsole>;

/** The rule's words, what OCI says of the instance, and of one that never came to serve what it said last. */
export function whyOf({ rule, node }: Act, consoles: Consoles): string {
  const newest = newestOf(node.instances);
  const why = newest === undefined ? rule.why : `${rule.why} (${newest.lifecycleState})`;
  const said = rule.isFailedBoot && lastWordsOn(node.note, consoles.get(node.name)?.lastWords);
  return said?.words ? `${why}: ${shortWords(said.words, SAID_LENGTH_MAX)}` : why;
}

/** Of what a machine said. The kept console has the whole. */
const SAID_LENGTH_MAX = 200;

function namesOf(acts: readonly Act[]): readonly string[] {
  return acts.map(({ node }) => node.name);
}
