import { EndpointBuilder } from "oci-common";
import type { Config } from "../domain/config.ts";
import type { ServiceTime } from "../domain/doctor/clock-skew.ts";
import { askPatiently } from "./ask-patiently.ts";

/** As the SDK builds it. */
const CORE_TEMPLATE = "https://iaas.{region}.{secondLevelDomain}";

const PATIENCE = {
  ...{ attemptMs: 4_000, retriesMax: 1, delayMsMin: 200, delayMsMax: 200 },
  isPassing: (status: number) => status >= 500,
};

/** Base URL of the Core Services. */
export function coreServiceUrl({ region, endpoint }: Pick<Config, "region" | "endpoint">): string {
  return endpoint ?? EndpointBuilder.createEndpointFromRegionId(CORE_TEMPLATE, region);
}

/**
 * What time it is at OCI: every answer of a service has a `Date`, also the refusal of a request that nobody signed. So
 * the clock is seen although it is what keeps us from having credentials.
 */
export async function askServiceTime(
  config: Pick<Config, "region" | "endpoint">,
  now: () => number,
  signal: AbortSignal,
): Promise<ServiceTime> {
  let beforeMs = now();
  const send = (bounded: AbortSignal): Promise<Response> => {
    beforeMs = now();
    return fetch(`${coreServiceUrl(config)}/20160918/`, { signal: bounded, redirect: "manual" });
  };
  const outcome = await askPatiently(send, PATIENCE, signal);
  if (outcome.kind === "silent") return outcome;
  const serviceMs = Date.parse(outcome.headers.get("date") ?? "");
  if (Number.isNaN(serviceMs)) return { kind: "silent", reason: "its answer has no date" };
  return { kind: "answered", sample: { serviceMs, beforeMs, afterMs: now() } };
}
