import type { Log } from "../domain/log.ts";
import type { RequestTally } from "../oci/http-client.ts";

export type { RequestTally } from "../oci/http-client.ts";

export function newTally(): RequestTally {
  return { requests: 0, throttled: 0 };
}

/** One line at the end of a run, which citc reconcile counts for the metrics. */
export function logTally(log: Log, { requests, throttled }: RequestTally): void {
  log.info("asked OCI", { count: requests, throttled });
}
