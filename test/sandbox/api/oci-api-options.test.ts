import { describe, expect, it } from "vitest";
import { OCI_API_USAGE, readOciApiOptions } from "./oci-api-options.ts";

function read(line: string) {
  const options = readOciApiOptions(line === "" ? [] : line.split(" "));
  if (options === "help") throw new Error("help was not asked for");
  return options;
}

describe("the options of oci-api", () => {
  it("may all be left out", () => {
    expect(read("")).toMatchObject({
      host: "127.0.0.1",
      port: 0,
      credentialsDirectory: ".sandbox/oci-api",
      rateLimits: {},
      strangerNames: undefined,
    });
  });

  it("become settings in milliseconds", () => {
    const { settings, latency } = read(
      "--boot-seconds 2.5 --terminate-seconds 0 --launch-latency-ms 300",
    );
    expect(settings).toMatchObject({ bootMs: 2500, terminateMs: 0 });
    expect(latency).toEqual({ launchMs: 300, otherMs: 0 });
  });

  it("make rate limits, for all requests or for reads and writes", () => {
    expect(read("--rate 20 --burst 40 --rejected-cost 0.25 --retry-after").rateLimits).toEqual({
      all: {
        ...{ kind: "token-bucket", ratePerSecond: 20, burst: 40 },
        ...{ rejectedCost: 0.25, sendsRetryAfter: true },
      },
    });
    expect(read("--write-rate 0.5 --read-rate 5").rateLimits).toMatchObject({
      reads: { ratePerSecond: 5, burst: 5 },
      writes: { ratePerSecond: 0.5, burst: 1 },
    });
    expect(read("--window-count 100 --window-ms 5000").rateLimits.all).toMatchObject({
      ...{ kind: "fixed-window", count: 100, windowMs: 5000 },
    });
  });

  it("invite strangers", () => {
    expect(read("--strangers").strangerNames).toEqual([]);
    expect(read("--stranger-names a,b").strangerNames).toEqual(["a", "b"]);
  });

  it.each([
    ["--port x", /--port: "x" is not a whole number from 0 to 65535/],
    ["--port -1", /--port/],
    ["--page-size 0", /--page-size: "0" is not a whole number from 1 to 1000/],
    ["--boot-seconds 1e3", /--boot-seconds: "1e3"/],
    ["--burst 5", /--burst needs --rate/],
    ["--rate 5 --window-count 5", /exclude each other/],
    [
      "--duplicate-label maybe",
      /--duplicate-label: "maybe" is unknown; write refuse or fail-later/,
    ],
    ["--boot 3", /--boot/],
    ["serve", /serve/],
    ["--host=", /--host: a value is needed/],
  ])("%s is refused", (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it("are all in the help", () => {
    expect(readOciApiOptions(["--help"])).toBe("help");
    expect(OCI_API_USAGE).toContain("--launch-latency-ms N");
  });
});
