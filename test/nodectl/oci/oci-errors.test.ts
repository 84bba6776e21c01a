import { OciError } from "oci-common";
import { describe, expect, it } from "vitest";
import {
  classifyAnswer,
  describeFailure,
  describeLaunchErrors,
  explainFailure,
  OciCallError,
} from "../../../nodectl/oci/oci-errors.ts";
import type { FailureClass } from "../../../nodectl/oci/provider.ts";

describe("classifyAnswer()", () => {
  it.each<[number, string, string, FailureClass]>([
    [429, "TooManyRequests", "Too many requests for the user", "throttled"],
    [500, "InternalError", "Out of host capacity.", "capacity"],
    [500, "InternalError", "Out of Host Capacity", "capacity"],
    [500, "InternalError", "An internal error occurred.", "transient"],
    [502, "None", "<html>Bad gateway</html>", "transient"],
    [503, "ServiceUnavailable", "try again", "transient"],
    [501, "NotImplemented", "no", "config"],
    [400, "LimitExceeded", "The following service limits were exceeded: x.", "limit"],
    [400, "None", "The following service limits were exceeded: x.", "limit"],
    [400, "QuotaExceeded", "compartment quota", "limit"],
    [400, "InvalidParameter", "shape", "config"],
    [400, "RelatedResourceNotAuthorizedOrNotFound", "image", "config"],
    [401, "NotAuthenticated", "signature", "auth"],
    [403, "NotAllowed", "no", "auth"],
    [404, "NotAuthorizedOrNotFound", "no", "auth"],
    [409, "IncorrectState", "being modified", "conflict"],
    [409, "Conflict", "is currently being modified, try again later", "conflict"],
    [409, "InvalidatedRetryToken", "deleted", "token"],
    [409, "Conflict", "Token is currently in use for a different request", "token"],
    [409, "NotAuthorizedOrResourceAlreadyExists", "name", "config"],
    [409, "Conflict", "Hostname vm-1 is already used in subnet x", "label"],
    [400, "InvalidParameter", "The hostname label is in use.", "label"],
    [412, "NoEtagMatch", "etag", "conflict"],
  ])("%i %s %j is %s", (status, code, message, expected) => {
    expect(classifyAnswer(status, code, message)).toBe(expected);
  });

  it("does not take a 429 for a lack of capacity, whatever it says", () => {
    expect(classifyAnswer(429, "TooManyRequests", "Out of host capacity.")).toBe("throttled");
  });
});

describe("describeFailure()", () => {
  it("keeps status, code and request id of an answer", () => {
    const thrown = new OciError(400, "LimitExceeded", "too many", "req-1", "s", "o", "t", "e", "a");
    expect(describeFailure("LaunchInstance", thrown)).toEqual({
      class: "limit",
      operation: "LaunchInstance",
      status: 400,
      code: "LimitExceeded",
      message: "too many",
      opcRequestId: "req-1",
    });
  });

  it("takes the SDK's plain object for a failed transport, with the cause's code", () => {
    const thrown = { code: "ECONNRESET", message: "socket hang up" };
    expect(describeFailure("ListInstances", thrown)).toEqual({
      class: "transport",
      operation: "ListInstances",
      message: "socket hang up (ECONNRESET)",
    });
  });
});

describe("explainFailure()", () => {
  it.each([
    [401, "NotAuthenticated", /clock/],
    [404, "NotAuthorizedOrNotFound", /policy is missing/],
    [400, "InvalidParameter", /limits\.yaml/],
  ])("says what to check for %i %s", (status, code, advice) => {
    const failure = describeFailure("LaunchInstance", {
      statusCode: status,
      serviceCode: code,
      message: "no.",
      opcRequestId: "req-9",
    });
    const text = explainFailure(failure);
    expect(text).toContain(`LaunchInstance: ${status} ${code}: no. `);
    expect(text).toMatch(advice);
    expect(text).toContain("[opc-request-id req-9]");
    expect(new OciCallError(failure).message).toBe(text);
  });

  it("names region and network when no answer came", () => {
    const failure = describeFailure("ListInstances", { code: "ENOTFOUND", message: "getaddrinfo" });
    expect(explainFailure(failure)).toMatch(/ENOTFOUND.*region/);
  });
});

describe("describeLaunchErrors()", () => {
  it.each([
    ["InternalError", "Out of host capacity.", "capacity"],
    ["OutOfCapacity", "no", "capacity"],
    ["LimitExceeded", "no", "limit"],
    ["vcn-error", "Hostname n-1 is already used in subnet ocid1.subnet.oc1..a", "label"],
    ["InternalError", "the host caught fire", "transient"],
  ] as const)(
    "takes %s, %j of a work request, which has no status, for %s",
    (code, message, expected) => {
      expect(describeLaunchErrors([{ code, message }])).toEqual({
        class: expected,
        operation: "LaunchInstance",
        code,
        message,
      });
    },
  );

  it("judges by the error that tells most, and says so when there is none", () => {
    const errors = [
      { code: "InternalError", message: "it failed" },
      { code: "OutOfCapacity", message: "full" },
    ];
    expect(describeLaunchErrors(errors)).toMatchObject({ class: "capacity", message: "full" });
    expect(describeLaunchErrors([])).toMatchObject({
      class: "transient",
      message: "OCI gives no reason",
    });
  });
});
