import { readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createScontrol } from "../../../nodectl/slurm/scontrol.ts";
import type {
  ConfigurationControl,
  FailureControl,
  JobControl,
  SlurmControl,
} from "../../../nodectl/slurm/control.ts";
import { silentLog } from "../commands/silent-log.ts";
import { createRecordingSlurm, toolsOf, type RecordingSlurm } from "./recording-slurm.ts";

let slurm: RecordingSlurm;
let warnings: string[];

beforeEach(() => {
  slurm = createRecordingSlurm();
  warnings = [];
});

afterEach(() => {
  rmSync(slurm.binDirectory, { recursive: true });
});

function control(
  overrides: { commandTimeoutMs?: number; deadlineMs?: number } = {},
): SlurmControl & JobControl & ConfigurationControl & FailureControl {
  return createScontrol({
    ...toolsOf(slurm),
    log: { ...silentLog, warn: (event) => warnings.push(event) },
    commandTimeoutMs: 5_000,
    deadlineMs: 5_000,
    ...overrides,
  });
}

function readSample(path: string): string {
  return readFileSync(new URL(`samples/${path}`, import.meta.url), "utf8");
}

describe("scontrol: version and nodes", () => {
  test("the version is asked for once", async () => {
    slurm.setVersion("slurm-wlm 22.05.8");
    const scontrol = control();
    expect(await scontrol.version()).toEqual({ major: 22, minor: 5, text: "22.05.8" });
    await scontrol.version();
    expect(slurm.calls()).toEqual(["--version"]);
  });

  test.each(["slurm 23.11.4", "slurm-wlm 25.05.0-0rc1"])("%s is understood", async (text) => {
    slurm.setVersion(text);
    expect((await control().version()).text).toBe(text.split(" ")[1]);
  });

  test("a version that cannot be read is an error, and is asked for again", async () => {
    slurm.setVersion("who knows");
    const scontrol = control();
    await expect(scontrol.version()).rejects.toThrow('no version in "who knows');
    slurm.setVersion("slurm 23.11.4");
    expect((await scontrol.version()).major).toBe(23);
  });

  test.each([
    ["slurm-wlm 22.05.8", "22.05/idle.json", "--all --json"],
    ["slurm 23.02.0", "24.11/idle.json", "--all show nodes --json"],
    ["slurm-wlm 24.11.5", "24.11/idle.json", "--all show nodes --json"],
  ])("%s lists nodes the way it can", async (version, sample, words) => {
    slurm.setVersion(version);
    slurm.setNodes(readSample(sample));
    expect(await control().listNodes()).toMatchObject([{ base: "IDLE" }]);
    expect(slurm.calls()).toEqual(["--version", words]);
  });

  test("22.05's empty list with an error inside is asked for again and then thrown", async () => {
    slurm.setVersion("slurm-wlm 22.05.8");
    slurm.setNodes(readSample("22.05/slurmctld_down.json"));
    await expect(control({ deadlineMs: 600 }).listNodes()).rejects.toThrow(
      "slurmctld gave no list of nodes: Unspecified error",
    );
    expect(slurm.calls().length).toBeGreaterThan(2);
  });
});

describe("scontrol: jobs", () => {
  test("the partitions of jobs come once each, also from a list of several", async () => {
    expect(await control().partitionsWithJobs()).toEqual(new Set(["compute", "long"]));
    expect(slurm.calls()).toEqual(["--all --noheader --format=%P"]);
  });
});

describe("scontrol: jobs whose nodes are waking", () => {
  test("come with their users and sizes, array tasks too", async () => {
    const wide = ["1".padEnd(40), "2".padEnd(10), "1".padEnd(4), "alice".padEnd(64)].join("");
    const task = ["3_7".padEnd(40), "1".padEnd(10), "0".padEnd(4), "bob".padEnd(64)].join("");
    slurm.setConfiguring(`${wide}\n${task}\n`);
    expect(await control().configuringJobs()).toEqual([
      { id: "1", nodeCount: 2, isBatch: true, user: "alice" },
      { id: "3_7", nodeCount: 1, isBatch: false, user: "bob" },
    ]);
  });

  test("are none", async () => {
    expect(await control().configuringJobs()).toEqual([]);
  });

  test("in words that squeue has never used are an error", async () => {
    slurm.setConfiguring("1 two 1 alice\n");
    await expect(control().configuringJobs()).rejects.toThrow('squeue wrote "1 two 1 alice"');
  });
});

describe("scontrol: configuration", () => {
  test.each([
    ["Match", true],
    ["Different Ours=0xa9de721e Slurmctld=0xd749ae69", false],
  ])("a hash that is %s", async (hash, expected) => {
    slurm.setHash(hash);
    expect(await control().runsFilesOnDisk()).toBe(expected);
  });
});

describe("scontrol: updates", () => {
  test("addresses and names stand in the same order in one call", async () => {
    await control().reportAddresses([
      { nodeName: "n3", ipAddress: "10.0.0.3" },
      { nodeName: "n1", ipAddress: "10.0.0.1" },
    ]);
    expect(slurm.calls()).toEqual([
      "update nodename=n3,n1 nodeaddr=10.0.0.3,10.0.0.1 nodehostname=n3,n1",
    ]);
  });

  test("a thousand nodes take five calls", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    await control().setDown(names, "no capacity");
    expect(slurm.calls()).toHaveLength(5);
    expect(slurm.calls()[0]).toBe("update nodename=n[0-199] state=DOWN reason=no capacity");
  });

  test("nodes without a machine get an address that refuses at once, in the same call", async () => {
    await control().setDown(["n1", "n2", "n2"], "no room", { hasNoMachine: true });
    expect(slurm.calls()).toEqual([
      "update nodename=n[1-2] nodeaddr=127.0.0.1,127.0.0.1 state=DOWN reason=no room",
    ]);
  });

  test.each([
    ["slurm-wlm 22.05.8", ""],
    ["slurm-wlm 23.02.0", " resumeafter=61"],
  ])("%s returns nodes by itself if it can", async (version, words) => {
    slurm.setVersion(version);
    await control().setDown(["n1"], "no room", { resumeAfterSeconds: 60.2 });
    expect(slurm.calls()).toEqual([
      "--version",
      `update nodename=n1 state=DOWN reason=no room${words}`,
    ]);
  });

  test("nodes are powered down by force in batches", async () => {
    await control().powerDownByForce(["n1", "n2"]);
    await control().powerDownByForce([]);
    expect(slurm.calls()).toEqual(["update nodename=n[1-2] state=POWER_DOWN_FORCE"]);
  });

  test("no nodes, no call", async () => {
    await control().drain([], "finish");
    await control().reportAddresses([]);
    expect(slurm.calls()).toEqual([]);
  });

  test("one unknown node costs none of the others their update, and is named", async () => {
    const names = ["n1", "n2", "n3", "bad4", "n5", "n6", "n7", "n8"];
    const update = control().drain(names, "finish");
    await expect(update).rejects.toThrow(
      "Slurm refused bad4: slurm_update error: Invalid node name",
    );
    await expect(update).rejects.toMatchObject({ nodeNames: ["bad4"] });
    const accepted = slurm.calls().filter((call) => !call.includes("bad"));
    expect(accepted).toEqual([
      "update nodename=n[1-2] state=DRAIN reason=finish",
      "update nodename=n3 state=DRAIN reason=finish",
      "update nodename=n[5-8] state=DRAIN reason=finish",
    ]);
  });

  test("returning a node that is in service already is no error", async () => {
    await control().returnToService(["idle1", "n2"]);
    expect(slurm.calls()).toContain("update nodename=n2 state=RESUME");
  });

  test("what concerns all nodes is not tried for each of them", async () => {
    await expect(control().drain(["n1", "denied", "n2"], "x")).rejects.toThrow("Invalid user id");
    expect(slurm.calls()).toHaveLength(1);
  });

  test("a reason becomes one line of bounded length", async () => {
    await control().setDown(["n1"], `"no\nroom"\t in "AD-1": ${"x".repeat(1_000)}`);
    expect(slurm.calls()[0]).toMatch(/reason=no room" in "AD-1": x+$/);
    expect(slurm.calls()[0]?.length).toBeLessThan(450);
  });

  test("a node is not taken out of service without a reason", async () => {
    await expect(control().setDown(["n1"], " \n")).rejects.toThrow("without a reason");
    expect(slurm.calls()).toEqual([]);
  });
});

describe("scontrol: slurmctld is away", () => {
  test("a call waits for it to come back", async () => {
    slurm.beAway(2);
    await control().setDown(["n1"], "x");
    expect(slurm.calls()).toHaveLength(3);
    expect(warnings).toEqual(["slurmctld did not answer", "slurmctld did not answer"]);
  });

  test("gives up after the deadline with Slurm's own words", async () => {
    slurm.beAway(1_000);
    await expect(control({ deadlineMs: 600 }).reconfigure()).rejects.toMatchObject({
      name: "SlurmCommandError",
      exitCode: 1,
      detail: "slurm_update error: Unable to contact slurm controller (connect failure)",
    });
  });

  test("a call that hangs is ended and asked again until the deadline", async () => {
    const slow = control({ commandTimeoutMs: 300, deadlineMs: 2_000 });
    await expect(slow.drain(["slow"], "x")).rejects.toThrow("no answer within 300 ms");
    expect(slurm.calls().length).toBeGreaterThan(1);
  });

  test("a missing program is an error at once", async () => {
    rmSync(`${slurm.binDirectory}/scontrol`);
    await expect(control().isAnswering()).rejects.toThrow("ENOENT");
  });

  test("isAnswering() asks once", async () => {
    expect(await control().isAnswering()).toBe(true);
    slurm.beAway(1_000);
    expect(await control().isAnswering()).toBe(false);
    expect(slurm.calls()).toEqual(["ping", "ping"]);
  });
});
