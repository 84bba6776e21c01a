import type { CommandResult } from "../sandbox/machines/run-in-machine.ts";
import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";

/** A line of the plan, as `citc reconcile --json` has it. */
export interface PlannedNode {
  readonly node: string;
  readonly kind: "act" | "wait" | "report";
  readonly rule: string;
  readonly problem?: string;
}

export interface Plan {
  readonly kind: "planned" | "done" | "blind";
  readonly reason?: string;
  readonly doubts?: readonly string[];
  readonly decisions?: readonly PlannedNode[];
}

/** Two looks within a pass are 10 s apart. */
const PASS_TIMEOUT_SECONDS = 120;

/** `citc reconcile` of one cluster, run as the timer's service runs it: by root. */
export class Reconciler {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  run(...options: readonly string[]): Promise<CommandResult> {
    const { sandbox, management } = this.cluster;
    const argv = ["/usr/local/bin/citc", "reconcile", ...options];
    return sandbox.exec(management, argv, { timeoutSeconds: PASS_TIMEOUT_SECONDS });
  }

  /** What a pass would do now. */
  plan(): Promise<Plan> {
    return this.read("--dry-run");
  }

  /** One pass. */
  pass(): Promise<Plan> {
    return this.read();
  }

  /** Passes until each of these nodes has been acted upon by its rule, all in one pass or one after the other. */
  async passUntil(wanted: ReadonlyMap<string, string>, timeoutSeconds: number): Promise<void> {
    const done = new Set<string>();
    await awaitState({
      what: `reconcile acts on ${JSON.stringify([...wanted])}`,
      timeoutSeconds,
      observe: async () => {
        const { decisions = [] } = await this.pass();
        for (const { kind, node, rule } of decisions)
          if (kind === "act") done.add(`${node} ${rule}`);
        return { decisions, done };
      },
      isReached: () => [...wanted].every(([node, rule]) => done.has(`${node} ${rule}`)),
    });
  }

  private async read(...options: readonly string[]): Promise<Plan> {
    const { stdout, stderr } = await this.run("--json", ...options);
    if (stdout === "") throw new Error(`citc reconcile ${options.join(" ")}: ${stderr}`);
    return JSON.parse(stdout) as Plan;
  }
}

/** `node rule` of what was, or would be, done at once, sorted. */
export function actsOf({ decisions = [] }: Plan): readonly string[] {
  return decisions
    .filter(({ kind }) => kind === "act")
    .map(({ node, rule }) => `${node} ${rule}`)
    .toSorted();
}

/** The rule that speaks of a node, with what came of it: `act lost-machine`. */
export function verdictOn(node: string, { decisions = [] }: Plan): string {
  const found = decisions.find((decision) => decision.node === node);
  return found === undefined ? "in order" : `${found.kind} ${found.rule}`;
}
