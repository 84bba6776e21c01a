import { describe, expect, it } from "vitest";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { CallLog } from "./call-log.ts";
import { FaultRules } from "./fault-rules.ts";
import { OciDoor } from "./oci-door.ts";
import { RateLimiter } from "./rate-limit.ts";
import { SignatureVerifier } from "./request-signature.ts";
import { signCall, type RawCall } from "./signed-call.ts";
import { nodeBody, testCloud } from "./test-bench.ts";

/** A door without a server: nobody but the calls lets time pass. */
function openDoor() {
  const { cloud, clock } = testCloud({ bootMs: 1000 });
  const door = new OciDoor({
    cloud,
    clock: systemClock,
    verifier: new SignatureVerifier(cloud.region.apiKeys),
    limiter: new RateLimiter({}),
    faults: new FaultRules(),
    calls: new CallLog(10),
    latency: { launchMs: 300, otherMs: 20 },
  });
  const call = (raw: RawCall) => {
    const { method, url, headers, body = "" } = signCall("http://door", raw);
    return door.answer({
      method,
      url: url.slice("http://door".length),
      headers,
      body: Buffer.from(body),
    }).answer;
  };
  return { cloud, clock, call };
}

describe("the door", () => {
  it("lets everything happen that is due before it answers", () => {
    const { cloud, clock, call } = openDoor();
    call({ method: "POST", path: "instances", body: nodeBody(cloud.region, "n1") });
    clock.advance(1000);
    const [record] = cloud.records;
    const answer = call({ path: `instances/${record?.instanceOcid ?? ""}` });
    expect(answer).toMatchObject({ kind: "answer", status: 200, delayMs: 20 });
    expect(answer.kind === "answer" ? answer.body : "").toContain('"lifecycleState":"RUNNING"');
  });

  it("makes a launch wait longer than the rest, and a refusal not at all", () => {
    const { cloud, call } = openDoor();
    const launch = () =>
      call({ method: "POST", path: "instances", body: nodeBody(cloud.region, "n1") });
    expect(launch()).toMatchObject({ status: 200, delayMs: 300 });
    expect(launch()).toMatchObject({ status: 409, delayMs: 0 });
  });
});
