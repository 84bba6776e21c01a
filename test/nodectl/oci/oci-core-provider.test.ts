import type { HttpClient, HttpRequest } from "oci-common";
import { describe, expect, it } from "vitest";
import { OciAuthError } from "../../../nodectl/oci/oci-auth-error.ts";
import { OciCoreProvider } from "../../../nodectl/oci/oci-core-provider.ts";
import { explainFailure } from "../../../nodectl/oci/oci-errors.ts";
import type { Instance } from "../../../nodectl/oci/provider.ts";
import type { RetryPolicy } from "../../../nodectl/oci/retry.ts";

const instance: Instance = {
  instanceOcid: "ocid1.instance.oc1.phx.aaaa",
  nodeName: "n-1",
  lifecycleState: "RUNNING",
  shape: "VM.Standard2.1",
  availabilityDomain: "Uocm:PHX-AD-1",
  timeCreatedMs: 0,
};

function retryPolicy(signal: AbortSignal): RetryPolicy {
  return { retriesMax: 5, delayMsMin: 1, delayMsMax: 1, signal, onRetry: () => undefined };
}

/** The real SDK, and answers that a test gives. */
function provider(answer: (request: HttpRequest) => Response, ended: AbortSignal): OciCoreProvider {
  const httpClient: HttpClient = {
    send: (request) => Promise.resolve(request).then(answer),
  };
  return new OciCoreProvider({
    clients: { region: "us-phoenix-1", httpClient },
    launch: {
      compartmentOcid: "ocid1.compartment.oc1..aaaa",
      subnetOcid: "ocid1.subnet.oc1.phx.aaaa",
      clusterId: "mouse",
      nsgOcids: [],
      imageOcid: "ocid1.image.oc1.phx.aaaa",
      metadata: {},
    },
    retry: retryPolicy(ended),
    launchRetry: retryPolicy(ended),
    terminateRetry: retryPolicy(new AbortController().signal),
  });
}

function refusal(status: number, code: string): Response {
  const headers = { "content-type": "application/json" };
  return new Response(JSON.stringify({ code, message: "no" }), { status, headers });
}

function json(value: unknown): Response {
  const headers = { "content-type": "application/json" };
  return new Response(JSON.stringify(value), { status: 200, headers });
}

describe("OciCoreProvider", () => {
  it("repeats a termination also after the run's deadline: what runs on costs money", async () => {
    let asked = 0;
    const cloud = provider(() => {
      asked += 1;
      return asked < 3 ? refusal(503, "ServiceUnavailable") : new Response(null, { status: 204 });
    }, AbortSignal.abort());
    expect(await cloud.terminateInstance(instance)).toEqual({ kind: "terminated" });
    expect(asked).toBe(3);
  });

  it("says of a token that cannot be had what the token says, and not to check the region", async () => {
    const cloud = provider(() => {
      throw new OciAuthError("no credentials: the metadata service does not answer");
    }, new AbortController().signal);
    const outcome = await cloud.terminateInstance(instance);
    if (outcome.kind !== "refused") throw new Error(outcome.kind);
    const text = explainFailure(outcome.failure);
    expect(text).toMatch(/no credentials: the metadata service does not answer\. the call was not/);
    expect(text).not.toMatch(/region/);
  });

  it.each([
    ["IN_PROGRESS", "going-on"],
    ["ACCEPTED", "going-on"],
    ["SUCCEEDED", "not-failed"],
    ["CANCELED", "not-failed"],
  ])("takes a work request that is %s for %s", async (status, kind) => {
    const cloud = provider(() => json({ id: "w", status }), new AbortController().signal);
    expect(await cloud.explainLaunch("w")).toEqual({ kind });
  });
});
