import { type Finding, ok, warning, wrong } from "./finding.ts";

/** A service's `Date` header, and our clock before the request and after the answer. Milliseconds since the epoch. */
export interface TimeSample {
  readonly serviceMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

export type ServiceTime =
  | { readonly kind: "answered"; readonly sample: TimeSample }
  | { readonly kind: "silent"; readonly reason: string };

/** OCI refuses signatures whose date is further off (Oracle's documentation, "Request Signatures"); munge's is the same. */
const SKEW_MS_MAX = 300_000;
const SKEW_MS_FINE = 30_000;
/** The header counts in whole seconds. */
const RESOLUTION_MS = 1000;

export function judgeClock(sample: TimeSample): Finding {
  const skewMs = skewOf(sample);
  const text = skewText(skewMs);
  const size = Math.abs(skewMs);
  if (size <= SKEW_MS_FINE) return ok(text);
  const fix = "chronyc makestep (or timedatectl set-ntp true)";
  if (size <= SKEW_MS_MAX) return warning(text, `${fix}: OCI and munge take five minutes at most`);
  return wrong(text, `${fix}: OCI refuses signatures that are five minutes off`);
}

/** How far our clock is ahead, as little as the sample allows; negative: behind. */
function skewOf({ serviceMs, beforeMs, afterMs }: TimeSample): number {
  const latestMs = serviceMs + RESOLUTION_MS;
  if (beforeMs > latestMs) return beforeMs - latestMs;
  return Math.min(0, afterMs - serviceMs);
}

function skewText(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (seconds === 0) return "agrees with OCI's to the second";
  return `is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} OCI's`;
}
