import type { Program } from "../run.ts";

export interface Verb {
  /** One line of `citc --help`. */
  readonly summary: string;
  /** Loaded when it is called, so that --help and a wrong word are answered at once. */
  load(): Promise<Program>;
}

/** In the order of `citc --help`. */
export const VERBS: Readonly<Record<string, Verb>> = {
  reconcile: {
    summary: "make Slurm and OCI agree again, once (a timer does so each minute)",
    load: async () => (await import("./reconcile.ts")).reconcile,
  },
  doctor: {
    summary: "check what a cluster needs, and say what to do about what is wrong",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  status: {
    summary: "what runs, where, since when, what it costs, and what is wrong",
    load: async () => (await import("./status.ts")).status,
  },
  explain: {
    summary: "why a job waits, or what is with a node, in plain language",
    load: async () => (await import("./explain.ts")).explain,
  },
  nodes: {
    summary: "start, stop, drain or return nodes; give up a machine that is dead",
    load: async () => (await import("./nodes.ts")).nodes,
  },
  pause: {
    summary: "stop all launching, for an incident; what runs goes on",
    load: async () => (await import("./pause.ts")).pause,
  },
  resume: {
    summary: "launch again, and return the nodes that waited",
    load: async () => (await import("./resume.ts")).resume,
  },
  logs: {
    summary: "all that is known of one node: log, console, kept consoles",
    load: async () => (await import("./logs.ts")).logs,
  },
  user: {
    summary: "add, remove and list users and their ssh keys; import a list",
    load: async () => (await import("./user.ts")).user,
  },
};
