/** One call to the OCI door, as tests and people read it. */
export interface CallEntry {
  /** Counts from 1 in the order of arrival. */
  readonly sequence: number;
  /** When it arrived, milliseconds since the epoch. */
  readonly timeMs: number;
  /** OCI's name, e.g. LaunchInstance; "Unknown" for a path that is no operation. */
  readonly operation: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** null: no answer yet, or none at all (see fault). */
  status: number | null;
  /** OCI's error code; null for success. */
  code: string | null;
  message: string | null;
  readonly opcRequestId: string;
  readonly retryToken: string | null;
  instanceOcid: string | null;
  hostnameLabel: string | null;
  displayName: string | null;
  shape: string | null;
  availabilityDomain: string | null;
  /** The kind of the fault rule that struck, e.g. "hang". */
  fault: string | null;
  /** From arrival to answer; null: no answer yet. */
  durationMs: number | null;
}

/** The calls, newest last; the oldest are dropped beyond the limit. */
export class CallLog {
  private readonly countMax: number;
  private entries: CallEntry[] = [];
  private sequence = 0;

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  add(
    call: Pick<
      CallEntry,
      "timeMs" | "operation" | "method" | "path" | "opcRequestId" | "retryToken"
    >,
  ): CallEntry {
    this.sequence += 1;
    const entry: CallEntry = {
      sequence: this.sequence,
      ...call,
      status: null,
      code: null,
      message: null,
      instanceOcid: null,
      hostnameLabel: null,
      displayName: null,
      shape: null,
      availabilityDomain: null,
      fault: null,
      durationMs: null,
    };
    this.entries.push(entry);
    if (this.entries.length >= 2 * this.countMax) this.entries = this.entries.slice(-this.countMax);
    return entry;
  }

  /** The entries with a larger sequence number; 0 for all that are kept. */
  since(sequence: number): readonly CallEntry[] {
    const kept = this.entries.slice(-this.countMax);
    return kept.filter((entry) => entry.sequence > sequence);
  }
}
