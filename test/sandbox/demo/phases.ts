import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import { readConfiguration } from "../configuration.ts";
import type { Observation, ObservedInstance } from "./observation.ts";

/** What one node is seen as in one observation. */
export interface NodeView {
  readonly observation: Observation;
  readonly node: SlurmNode;
  /** The newest instance of that name; dead ones count. */
  readonly instance: ObservedInstance | undefined;
  readonly launchedAtMs: number | undefined;
  readonly isPromised: boolean;
}

export interface PhaseRule {
  readonly name: string;
  readonly meaning: string;
  readonly isReached: (view: NodeView) => boolean;
  /** When it happened, where that is known better than by looking. */
  readonly timeMs?: (view: NodeView) => number | undefined;
  /** Of a moment: it may begin and end between two looks. */
  readonly isMomentary?: boolean;
  /** Of machines that boot an operating system. */
  readonly ofBooting?: boolean;
}

/** A node's way, in its order: each phase is known by a word of Slurm's, of OCI's or of user data's own. */
const ALL_PHASES = [
  {
    name: "configured",
    isMomentary: true,
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
    name: "cloud-init",
    ofBooting: true,
    isMomentary: true,
    meaning: "cloud-init runs its user data",
    isReached: ({ instance }) => (instance?.console ?? "").includes("\ncitc: "),
  },
  {
    name: "playbook",
    ofBooting: true,
    isMomentary: true,
    meaning: "ansible-pull runs compute.yml",
    isReached: ({ instance }) =>
      ["running-playbook", "configured"].includes(readConfiguration(instance?.console ?? "").kind),
  },
  {
    name: "registered",
    meaning: "slurmd reported to slurmctld",
    isReached: ({ node }) => !node.flags.has("POWERING_UP") && !node.flags.has("POWERED_DOWN"),
  },
  {
    name: "running the job",
    isMomentary: true,
    meaning: "the job has started",
    isReached: ({ observation, isPromised }) =>
      isPromised && observation.jobState !== "CONFIGURING",
  },
  {
    name: "idle",
    isMomentary: true,
    meaning: "the job has ended; SuspendTime runs",
    isReached: ({ node }) => node.base === "IDLE",
  },
  {
    name: "stopping",
    isMomentary: true,
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

export type PhaseName = (typeof ALL_PHASES)[number]["name"];

export type Phase = PhaseRule & { readonly name: PhaseName };

/** Of machines that boot an operating system. */
export const BOOTING_PHASES: readonly Phase[] = ALL_PHASES;
/** Of small machines. */
export const PHASES = BOOTING_PHASES.filter(({ ofBooting = false }) => !ofBooting);
