import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import type { Observation, ObservedInstance } from "./observation.ts";

/** What one node is seen as in one observation. */
interface NodeView {
  readonly observation: Observation;
  readonly node: SlurmNode;
  /** The newest instance of that name; dead ones count. */
  readonly instance: ObservedInstance | undefined;
  readonly launchedAtMs: number | undefined;
  readonly isPromised: boolean;
}

interface PhaseRule {
  readonly name: string;
  readonly meaning: string;
  readonly isReached: (view: NodeView) => boolean;
  /** When it happened, where that is known better than by looking. */
  readonly timeMs?: (view: NodeView) => number | undefined;
}

/** A node's way, in its order: each phase is known by a word of Slurm's or of OCI's own. */
export const PHASES = [
  {
    name: "configured",
    meaning: "promised to the job (POWERING_UP)",
    isReached: ({ node, isPromised }) => isPromised && node.flags.has("POWERING_UP"),
  },
  {
    name: "launching",
    meaning: "startnode sent LaunchInstance",
    isReached: ({ launchedAtMs }) => launchedAtMs !== undefined,
    timeMs: ({ launchedAtMs }) => launchedAtMs,
  },
  {
    name: "provisioning",
    meaning: "accepted by OCI (PROVISIONING)",
    isReached: ({ instance }) => instance !== undefined,
  },
  {
    name: "address reported",
    meaning: "startnode told Slurm the NodeAddr",
    isReached: ({ node }) => node.address !== "" && node.address !== node.name,
  },
  {
    name: "running",
    meaning: "has power (RUNNING), and boots",
    isReached: ({ instance }) =>
      instance !== undefined && instance.lifecycleState !== "PROVISIONING",
  },
  {
    name: "registered",
    meaning: "slurmd reported to slurmctld",
    isReached: ({ node }) => !node.flags.has("POWERING_UP") && !node.flags.has("POWERED_DOWN"),
  },
  {
    name: "running the job",
    meaning: "the job has started",
    isReached: ({ observation, isPromised }) =>
      isPromised && observation.jobState !== "CONFIGURING",
  },
  {
    name: "idle",
    meaning: "the job has ended; SuspendTime runs",
    isReached: ({ node }) => node.base === "IDLE",
  },
  {
    name: "stopping",
    meaning: "Slurm called stopnode (POWERING_DOWN)",
    isReached: ({ node, instance }) =>
      node.flags.has("POWERING_DOWN") || instance?.lifecycleState === "TERMINATING",
  },
  {
    name: "gone",
    meaning: "TERMINATED in OCI, off in Slurm",
    isReached: ({ node, instance }) =>
      node.flags.has("POWERED_DOWN") && instance?.lifecycleState === "TERMINATED",
  },
] as const satisfies readonly PhaseRule[];

export type PhaseName = (typeof PHASES)[number]["name"];

/** A node reached a phase. */
export interface PhaseEvent {
  readonly nodeName: string;
  readonly phase: PhaseName;
  readonly meaning: string;
  readonly timeMs: number;
}

/**
 * Follows the nodes of one job from observation to observation. A node's phases only ever advance; one that was too
 * short to be seen is reported together with the next.
 */
export class Timeline {
  readonly events: PhaseEvent[] = [];
  /** Number of phases reached, by node. */
  readonly #reached = new Map<string, number>();

  /** The phases that were reached since the last observation, oldest first. */
  observe(observation: Observation): PhaseEvent[] {
    for (const name of observation.jobNodes) {
      if (!this.#reached.has(name)) this.#reached.set(name, 0);
    }
    const found = observation.nodes
      .filter(({ name }) => this.#reached.has(name))
      .flatMap((node) => this.#advance(viewOf(node, observation)));
    const ordered = found.sort((a, b) => a.timeMs - b.timeMs);
    this.events.push(...ordered);
    return ordered;
  }

  /** The nodes that the job was ever promised. */
  get nodeNames(): readonly string[] {
    return [...this.#reached.keys()];
  }

  /** What the nodes wait for now: what follows the last phase that one of them reached. */
  get nextPhase(): PhaseName | undefined {
    return PHASES[Math.max(0, ...this.#reached.values())]?.name;
  }

  /** True when every node of the job has come to its end. */
  get isComplete(): boolean {
    const counts = [...this.#reached.values()];
    return counts.length > 0 && counts.every((count) => count === PHASES.length);
  }

  #advance(view: NodeView): PhaseEvent[] {
    const done = this.#reached.get(view.node.name) ?? 0;
    const last = PHASES.findLastIndex(
      (_phase, index) => index >= done && isNextReached(done, index, view),
    );
    if (last < done) return [];
    this.#reached.set(view.node.name, last + 1);
    return PHASES.slice(done, last + 1).map((phase: PhaseRule) => ({
      nodeName: view.node.name,
      phase: phase.name as PhaseName,
      meaning: phase.meaning,
      timeMs: phase.timeMs?.(view) ?? view.observation.timeMs,
    }));
  }
}

/** Phases come one after the other, or several at once when all between were reached too or have passed. */
function isNextReached(done: number, index: number, view: NodeView): boolean {
  return PHASES.slice(done, index + 1).every(({ isReached }, offset) => {
    const isLast = done + offset === index;
    return isReached(view) || (!isLast && mayHavePassed(done + offset));
  });
}

/** States of a moment, which may begin and end between two looks. */
const MOMENTARY: ReadonlySet<PhaseName> = new Set([
  "configured",
  "running the job",
  "idle",
  "stopping",
]);

function mayHavePassed(index: number): boolean {
  const phase = PHASES[index];
  return phase !== undefined && MOMENTARY.has(phase.name);
}

function viewOf(node: SlurmNode, observation: Observation): NodeView {
  const { name } = node;
  return {
    observation,
    node,
    instance: observation.instances.findLast(({ nodeName }) => nodeName === name),
    launchedAtMs: observation.launches.find(({ nodeName }) => nodeName === name)?.timeMs,
    isPromised: observation.jobNodes.includes(name),
  };
}
