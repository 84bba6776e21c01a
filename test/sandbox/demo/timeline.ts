import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import type { Observation } from "./observation.ts";
import type { NodeView, Phase, PhaseName } from "./phases.ts";

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
  readonly phases: readonly Phase[];
  readonly events: PhaseEvent[] = [];
  /** Number of phases reached, by node. */
  readonly #reached = new Map<string, number>();

  constructor(phases: readonly Phase[]) {
    this.phases = phases;
  }

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
    return this.phases[Math.max(0, ...this.#reached.values())]?.name;
  }

  /** True when every node of the job has come to its end. */
  get isComplete(): boolean {
    const counts = [...this.#reached.values()];
    return counts.length > 0 && counts.every((count) => count === this.phases.length);
  }

  #advance(view: NodeView): PhaseEvent[] {
    const done = this.#reached.get(view.node.name) ?? 0;
    const last = this.phases.findLastIndex(
      (_phase, index) => index >= done && this.#isNextReached(done, index, view),
    );
    if (last < done) return [];
    this.#reached.set(view.node.name, last + 1);
    return this.phases.slice(done, last + 1).map((phase) => ({
      nodeName: view.node.name,
      phase: phase.name,
      meaning: phase.meaning,
      timeMs: phase.timeMs?.(view) ?? view.observation.timeMs,
    }));
  }

  /** Phases come one after the other, or several at once when all between were reached too or have passed. */
  #isNextReached(done: number, index: number, view: NodeView): boolean {
    return this.phases.slice(done, index + 1).every(({ isReached, isMomentary }, offset) => {
      const isLast = done + offset === index;
      return isReached(view) || (!isLast && isMomentary === true);
    });
  }
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
