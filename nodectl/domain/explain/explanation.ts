/** Something that a person can do. */
export interface Advice {
  readonly text: string;
  /** To be copied: never wrapped. */
  readonly command?: string;
}

/** Nodes of which the same is true. */
export interface NodeNote {
  /** A hostlist expression. */
  readonly nodes: string;
  readonly notes: readonly string[];
}

/** The answer to "why": for people by its sentences, for scripts by its cause. */
export interface Explanation {
  /** One word that stays the same whatever the sentences become. */
  readonly cause: string;
  /** One sentence: enough for most readers. */
  readonly headline: string;
  /** What is behind it, in sentences. */
  readonly why: readonly string[];
  readonly nodes: readonly NodeNote[];
  /** What the log has of it, oldest first. */
  readonly history: readonly string[];
  /** What happens by itself, and when. */
  readonly next: readonly string[];
  readonly advice: readonly Advice[];
}

/** An explanation without the parts that it does not need. */
export function explanation(
  parts: Pick<Explanation, "cause" | "headline"> & Partial<Explanation>,
): Explanation {
  return { why: [], nodes: [], history: [], next: [], advice: [], ...parts };
}
