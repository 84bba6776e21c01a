import { describe, expect, it } from "vitest";
import { OciCallError } from "../../../nodectl/oci/oci-errors.ts";
import { listAllPages } from "../../../nodectl/oci/pages.ts";
import { callOci, type RetryPolicy } from "../../../nodectl/oci/retry.ts";

function policy(overrides: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    retriesMax: 5,
    delayMsMin: 1,
    delayMsMax: 2,
    signal: new AbortController().signal,
    onRetry: () => undefined,
    ...overrides,
  };
}

/** Fails with each of these in turn, then answers. */
function failing(...failures: unknown[]): { call: () => Promise<string>; count: () => number } {
  let count = 0;
  return {
    count: () => count,
    call: () => {
      const failure = failures[count++];
      // The SDK throws plain objects: so does this.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return failure === undefined ? Promise.resolve("answer") : Promise.reject(failure);
    },
  };
}

const throttled = { statusCode: 429, serviceCode: "TooManyRequests", message: "slow down" };
const busy = { statusCode: 503, serviceCode: "ServiceUnavailable", message: "busy" };
const network = { code: "ECONNRESET", message: "socket hang up" };

describe("callOci()", () => {
  it("repeats what passes by itself, the SDK's plain objects too", async () => {
    const { call, count } = failing(throttled, network, { statusCode: 503, message: "busy" });
    expect(await callOci("ListInstances", policy(), call)).toBe("answer");
    expect(count()).toBe(4);
  });

  it.each([
    [
      "capacity",
      { statusCode: 500, serviceCode: "InternalError", message: "Out of host capacity." },
    ],
    ["limit", { statusCode: 400, serviceCode: "LimitExceeded", message: "x" }],
    ["auth", { statusCode: 404, serviceCode: "NotAuthorizedOrNotFound", message: "x" }],
    ["config", { statusCode: 400, serviceCode: "InvalidParameter", message: "x" }],
    ["token", { statusCode: 409, serviceCode: "InvalidatedRetryToken", message: "x" }],
  ])("does not repeat a refusal of class %s", async (failureClass, failure) => {
    const { call, count } = failing(failure);
    await expect(callOci("LaunchInstance", policy(), call)).rejects.toMatchObject({
      failure: { class: failureClass, operation: "LaunchInstance" },
    });
    expect(count()).toBe(1);
  });

  it("ends with OCI's last word when the attempts are used up", async () => {
    const { call, count } = failing(network, network, network);
    const result = callOci("LaunchInstance", policy({ retriesMax: 2 }), call);
    await expect(result).rejects.toThrow(OciCallError);
    expect(count()).toBe(3);
  });

  it("ends with OCI's last word when the deadline comes while it waits", async () => {
    const { call } = failing(busy, busy);
    const deadline = policy({
      delayMsMin: 60_000,
      delayMsMax: 60_000,
      signal: AbortSignal.timeout(20),
    });
    await expect(callOci("LaunchInstance", deadline, call)).rejects.toMatchObject({
      failure: { class: "transient" },
    });
  });

  it("repeats a 429 at once and as often as it comes: the http client has the pace", async () => {
    const slow = policy({ retriesMax: 2, delayMsMin: 60_000, delayMsMax: 60_000 });
    const { call, count } = failing(...Array.from({ length: 20 }, () => throttled));
    expect(await callOci("LaunchInstance", slow, call)).toBe("answer");
    expect(count()).toBe(21);
  });

  it("keeps OCI's word when the next attempt was not sent because the time was up", async () => {
    const deadline = new AbortController();
    const { call } = failing(throttled);
    const result = callOci("LaunchInstance", policy({ signal: deadline.signal }), async () => {
      if (!deadline.signal.aborted) {
        deadline.abort();
        return await call();
      }
      throw new Error("not sent");
    });
    await expect(result).rejects.toMatchObject({ failure: { class: "throttled" } });
  });

  it("tells of every failure that is followed by another attempt, and of no other", async () => {
    const heard: string[] = [];
    const { call } = failing(throttled, network);
    const onRetry: RetryPolicy["onRetry"] = (failure) => heard.push(failure.class);
    await callOci("ListInstances", policy({ onRetry }), call);
    expect(heard).toEqual(["throttled", "transport"]);
  });

  it("keeps an answer that comes after the deadline: OCI has accepted that launch", async () => {
    const deadline = new AbortController();
    let calls = 0;
    const accepted = callOci("LaunchInstance", policy({ signal: deadline.signal }), async () => {
      // The first try is refused, so that p-retry has a failure to fall back on.
      if (++calls === 1) throw Object.assign(new Error("slow down"), throttled);
      deadline.abort();
      return await Promise.resolve("accepted");
    });
    expect(await accepted).toBe("accepted");
  });

  it("still asks once after the deadline, and not again", async () => {
    const over = policy({ signal: AbortSignal.abort() });
    expect(await callOci("ListPrivateIps", over, failing().call)).toBe("answer");
    const { call, count } = failing(throttled, throttled);
    await expect(callOci("ListPrivateIps", over, call)).rejects.toThrow(OciCallError);
    expect(count()).toBe(1);
  });
});

describe("listAllPages()", () => {
  it("reads on after short and empty pages until no next page is named", async () => {
    const pages = new Map([
      ["", { items: [1], opcNextPage: "p2" }],
      ["p2", { items: [], opcNextPage: "p3" }],
      ["p3", { items: [2, 3], opcNextPage: undefined }],
    ]);
    const all = await listAllPages("ListInstances", policy(), ({ page, limit }) => {
      expect(limit).toBe(1000);
      const found = pages.get(page ?? "");
      return found === undefined
        ? Promise.reject(new Error("no such page"))
        : Promise.resolve(found);
    });
    expect(all).toEqual([1, 2, 3]);
  });

  it("does not follow a list that never ends", async () => {
    const endless = listAllPages("ListInstances", policy(), () =>
      Promise.resolve({ items: [0], opcNextPage: "again" }),
    );
    await expect(endless).rejects.toThrow(/did not end after 1000 pages/);
  });
});
