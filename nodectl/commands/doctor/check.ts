import type { Finding } from "../../domain/doctor/finding.ts";

/** One thing that a cluster needs. */
export interface Check {
  readonly id: string;
  /** A word or two, for the first column. */
  readonly title: string;
  /** Ids of earlier checks; when one of them finds something wrong or was skipped, this one has nothing to look at. */
  readonly needs?: readonly string[];
  /** What a person looks at when no answer comes in time. */
  readonly whenSilent: string;
  /** Changes nothing that lasts. The signal aborts when the time is up. */
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}

export interface CheckResult {
  readonly check: Pick<Check, "id" | "title">;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}
