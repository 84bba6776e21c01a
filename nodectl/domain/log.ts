/** The keys that log lines may carry. Fixed, so that the log can be searched. */
export interface LogFields {
  readonly node?: string;
  /** A hostlist expression. */
  readonly nodes?: string;
  readonly instanceOcid?: string;
  readonly opcRequestId?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly durationMs?: number;
  readonly count?: number;
  readonly status?: number;
  readonly code?: string;
  readonly shape?: string;
  readonly availabilityDomain?: string;
  readonly ipAddress?: string;
  /** Of a refusal; oci/provider.ts has the classes. */
  readonly class?: string;
  /** How many of the requests that `count` counts were answered with 429. */
  readonly throttled?: number;
  /** Numbers of jobs, with commas between them. */
  readonly jobs?: string;
}

/** Where a command says what it did: an event in past tense and fixed keys. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
