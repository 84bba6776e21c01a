import { describe, expect, it } from "vitest";
import { judgeClock } from "../../../../nodectl/domain/doctor/clock-skew.ts";

const SERVICE_MS = Date.parse("Wed, 25 Nov 2026 12:00:00 GMT");

/** Our clock, so many seconds ahead of the service's, around a call of 200 ms. */
function judged(aheadSeconds: number) {
  const beforeMs = SERVICE_MS + 500 + aheadSeconds * 1000;
  return judgeClock({ serviceMs: SERVICE_MS, beforeMs, afterMs: beforeMs + 200 });
}

describe("judgeClock()", () => {
  it("forgives what the header's whole seconds and the call's time explain", () => {
    expect(judged(0)).toEqual({ kind: "ok", seen: "agrees with OCI's to the second" });
    const slow = {
      serviceMs: SERVICE_MS,
      beforeMs: SERVICE_MS - 9_000,
      afterMs: SERVICE_MS + 9_000,
    };
    expect(judgeClock(slow)).toMatchObject({ kind: "ok" });
  });

  it("says how far it is off, and in which direction", () => {
    expect(judged(20)).toEqual({ kind: "ok", seen: "is 20 s ahead of OCI's" });
    expect(judged(-120)).toMatchObject({ kind: "warning", seen: "is 119 s behind OCI's" });
  });

  it.each([302, -302])("calls %i s wrong: OCI refuses the signatures", (seconds) => {
    expect(judged(seconds)).toMatchObject({
      kind: "wrong",
      fix: expect.stringMatching(/^chronyc makestep/) as string,
    });
  });
});
