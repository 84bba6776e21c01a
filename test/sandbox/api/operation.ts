import type { Cloud } from "./cloud.ts";

/** What a call is about, for the log and for fault rules. Absent: the call names no such thing. */
export interface CallSubject {
  readonly instanceOcid?: string;
  readonly displayName?: string;
  readonly hostnameLabel?: string;
  readonly shape?: string;
  readonly availabilityDomain?: string;
}

/** A call whose signature, path and query were checked. */
export interface Call {
  readonly cloud: Cloud;
  /** The OCID in the path; "" for a collection. */
  readonly pathOcid: string;
  /** Everything that the operation's path leaves open, in order. */
  readonly pathParts: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
  readonly bodyHash: string;
  readonly retryToken: string | undefined;
  readonly ifMatch: string | undefined;
  /** A fault rule wants a launch to fail after it was accepted. */
  readonly isToFailLater: boolean;
  /** The token that the request's certificate gets; GetSecurityToken alone asks for it. */
  issueToken(): string;
}

export interface Answer {
  readonly status: number;
  /** Absent, and no text either: an answer without a body. */
  readonly json?: string;
  /** In place of JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The instance that the call turned out to be about. */
  readonly subject?: CallSubject;
}

/** One operation of OCI's API. */
export interface Operation {
  /** OCI's name, e.g. LaunchInstance. */
  readonly name: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Absent: that of Core. */
  readonly version?: string;
  /** Without the version, `*` for an OCID, e.g. `instances/*`. */
  readonly path: string;
  /**
   * Which rate limits count it. Identity and Limits count with Core, though they are services of their own; only the
   * federation service is "uncounted": its limits are not modelled.
   */
  readonly kind: "read" | "write" | "uncounted";
  /** No policy is needed for it: every principal of the tenancy may. */
  readonly isEverybodys?: boolean;
  /** The query parameters it knows. */
  readonly query?: readonly string[];
  readonly requiredQuery?: readonly string[];
  run(call: Call): Answer;
}
