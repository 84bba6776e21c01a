import { describe, expect, it } from "vitest";
import { readSweepOptions } from "../../../nodectl/cli/sweep-options.ts";

const GOOD = {
  cluster: "mouse-1a2b3c4d",
  region: "us-phoenix-1",
  compartment: "ocid1.compartment.oc1..aaaa",
};

function argv(changes: object = {}): string[] {
  const all: Readonly<Record<string, string | undefined>> = { ...GOOD, ...changes };
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

describe("the options of sweep", () => {
  it("need a cluster, a region and a compartment, and have defaults for the rest", () => {
    expect(readSweepOptions(argv())).toMatchObject({
      ...{ clusterId: GOOD.cluster, region: GOOD.region, compartmentOcid: GOOD.compartment },
      ...{ profile: "DEFAULT", endpoint: undefined, minutesMax: 30, pauseSeconds: 15 },
      ...{ despiteLaunchers: false, isDryRun: false, isJson: false },
      ociConfigFile: expect.stringMatching(/\/\.oci\/config$/) as string,
    });
  });

  it.each([
    [{ cluster: undefined }, "expected --cluster, such as mouse-1a2b3c4d"],
    [{ cluster: "" }, 'expected --cluster such as mouse-1a2b3c4d, got ""'],
    [{ cluster: "*" }, 'expected --cluster such as mouse-1a2b3c4d, got "*"'],
    [{ region: undefined }, "expected --region, such as eu-frankfurt-1"],
    [{ compartment: "cluster" }, /^expected --compartment such as ocid1.*got "cluster"$/],
    [{ minutes: "0" }, '--minutes takes a number from 1 to 240, got "0"'],
    [{ minutes: "ten" }, '--minutes takes a number from 1 to 240, got "ten"'],
    [{ "pause-seconds": "301" }, '--pause-seconds takes a number from 1 to 300, got "301"'],
    [{ yes: "1" }, /Unknown option '--yes'/],
  ])("%o are refused", (changes, message) => {
    expect(() => readSweepOptions(argv(changes))).toThrow(message);
  });

  it("take every cluster id that startnode takes, and no region that it does not", () => {
    expect(readSweepOptions(argv({ cluster: "mouse.1" }))).toMatchObject({ clusterId: "mouse.1" });
    expect(() => readSweepOptions(argv({ region: "uk-london" }))).toThrow("expected --region");
    expect(() => readSweepOptions(argv({ cluster: "m".repeat(101) }))).toThrow("at most 100");
  });

  it("take no arguments", () => {
    expect(() => readSweepOptions([...argv(), "mouse"])).toThrow('expected options, got "mouse"');
  });
});
