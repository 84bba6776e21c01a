/** How the model behaves. Durations in milliseconds. */
export interface CloudSettings {
  /** From acceptance to RUNNING. */
  readonly bootMs: number;
  /** From acceptance of the termination to TERMINATED. */
  readonly terminateMs: number;
  /** From acceptance of the stop to STOPPED. */
  readonly stopMs: number;
  /** A boot volume gets its instance's tags. Oracle's documents say so of "secondary resources", users see none. */
  readonly copiesTagsToBootVolume: boolean;
  /** From the request for a console history until its content is there. */
  readonly consoleCaptureMs: number;
  /** How much of a console one call gives at most; the rest takes further calls. */
  readonly consolePartBytesMax: number;
  /** From acceptance until the VNIC is attached and its address listed. */
  readonly vnicDelayMs: number;
  /** From acceptance until ListInstances shows the instance; GetInstance always does. */
  readonly listDelayMs: number;
  /** How long TERMINATED records stay listed. OCI: at least 12 hours. */
  readonly terminatedRecordMs: number;
  /** OCI forgets retry tokens after 24 hours. */
  readonly retryTokenMs: number;
  /** What a retry token answers whose instance is TERMINATED. Oracle documents that it may be refused. */
  readonly terminatedTokenAnswer: "refuse" | "instance";
  /** What TerminateInstance answers for a TERMINATED instance; nobody wrote down what OCI says. */
  readonly terminateAgainStatus: 204 | 404 | 409;
  /**
   * A host name label that the subnet already has: refused at once with 409, or accepted and failed by the work
   * request, as users of the Terraform provider saw.
   */
  readonly duplicateLabel: "refuse" | "fail-later";
  /** The largest page; a larger limit is cut to it. */
  readonly pageSizeMax: number;
  /** Every other page of a list is empty but has a next page, as OCI allows itself. */
  readonly emptyPages: boolean;
}

export const DEFAULT_CLOUD_SETTINGS: CloudSettings = {
  bootMs: 5000,
  terminateMs: 3000,
  stopMs: 2000,
  copiesTagsToBootVolume: false,
  consoleCaptureMs: 1000,
  consolePartBytesMax: 1024 * 1024,
  vnicDelayMs: 0,
  listDelayMs: 0,
  terminatedRecordMs: 24 * 3600 * 1000,
  retryTokenMs: 24 * 3600 * 1000,
  terminatedTokenAnswer: "refuse",
  terminateAgainStatus: 404,
  duplicateLabel: "refuse",
  pageSizeMax: 1000,
  emptyPages: false,
};
