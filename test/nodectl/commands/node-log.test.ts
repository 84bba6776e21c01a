import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  readNodeLog,
  type NodeLog,
  type NodeLogContext,
} from "../../../nodectl/commands/node-log.ts";
import type { Selection } from "../../../nodectl/domain/node-log/log-line.ts";
import { OciCallError } from "../../../nodectl/oci/oci-errors.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { RecordingSlurm } from "./recording-slurm.ts";
import { slurmError } from "./slurm-error.ts";

const NOW_MS = Date.parse("2026-11-25T18:00:00Z");
const LAUNCH_MS = Date.parse("2026-11-25T17:00:00Z");

let directory: string;
let slurm: RecordingSlurm;
let cloud: FakeCloud;
let consoles: Record<string, string | undefined>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "node-log-"));
  slurm = new RecordingSlurm();
  cloud = new FakeCloud();
  consoles = {};
  slurm.setNode("n-1", "IDLE", ["CLOUD"]);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function log(name: string, minutes: readonly number[], node = "n-1"): void {
  const lines = minutes.map((minute) => {
    const time = new Date(LAUNCH_MS + minute * 60_000).toISOString();
    return `${JSON.stringify({ time, level: "info", program: "p", event: `at ${minute}`, node })}\n`;
  });
  writeFileSync(join(directory, name), lines.join(""));
  const lastSeconds = LAUNCH_MS / 1000 + Math.max(...minutes) * 60;
  utimesSync(join(directory, name), lastSeconds, lastSeconds);
}

async function tell(
  selection: Partial<Selection> = {},
  more: Partial<NodeLogContext> = {},
): Promise<NodeLog & { readonly texts: readonly string[] }> {
  const context: NodeLogContext = {
    logFile: join(directory, "e.log"),
    consoleDirectory: join(directory, "consoles"),
    slurm,
    cloud: {
      instances: cloud,
      consoles: { captureConsole: (instanceOcid) => Promise.resolve(consoles[instanceOcid]) },
    },
    clock: { now: () => NOW_MS },
    ...more,
  };
  const told = await readNodeLog(context, "n-1", {
    sinceMs: undefined,
    linesMax: 100,
    ...selection,
  });
  return { ...told, texts: told.lines.map(({ source, text }) => `${source} ${text}`) };
}

function instance(state: "RUNNING" | "TERMINATED", timeCreatedMs: number): string {
  return cloud.add({ nodeName: "n-1", lifecycleState: state, timeCreatedMs }).instanceOcid;
}

describe("readNodeLog()", () => {
  it("puts the log, the console of the newest living instance and the kept ones in order", async () => {
    log("e.log", [0, 20]);
    mkdirSync(join(directory, "consoles"));
    writeFileSync(
      join(directory, "consoles/2026-11-25T16-00-00_n-1.console"),
      "2026-11-25T16:00:00Z an earlier life",
    );
    consoles[instance("TERMINATED", LAUNCH_MS + 99)] = "of a dead one";
    consoles[instance("RUNNING", LAUNCH_MS - 10)] = "of an older one";
    consoles[instance("RUNNING", LAUNCH_MS)] = "[   60.0] Linux\n2026-11-25T17:30:00Z up";
    const { texts, problems, unknown } = await tell();
    expect(texts).toEqual([
      "kept 2026-11-25T16:00:00Z an earlier life",
      "elastic p: at 0",
      "console [   60.0] Linux",
      "elastic p: at 20",
      "console 2026-11-25T17:30:00Z up",
    ]);
    expect([problems, unknown]).toEqual([[], undefined]);
  });

  it("reads rotated files until there are enough lines", async () => {
    log("e.log", [20, 21]);
    log("e.log.1", [10, 11]);
    writeFileSync(join(directory, "e.log.2.gz"), "not read, or it would be a problem");
    utimesSync(join(directory, "e.log.2.gz"), 1, 1);
    const { texts, problems } = await tell({ linesMax: 3 });
    expect(texts).toEqual(["elastic p: at 11", "elastic p: at 20", "elastic p: at 21"]);
    expect(problems).toEqual([]);
  });

  it("does not read files that are older than the lines that are wanted", async () => {
    log("e.log", [20]);
    writeFileSync(join(directory, "e.log.2.gz"), "not read, or it would be a problem");
    utimesSync(join(directory, "e.log.2.gz"), 1, 1);
    expect(await tell({ sinceMs: LAUNCH_MS })).toMatchObject({ problems: [], lines: [{}] });
  });

  it("tells what it has when sources cannot be read, and names them", async () => {
    log("e.log", [0]);
    const failure = { class: "auth", operation: "ListInstances", message: "no policy" } as const;
    cloud.listInstances = () => Promise.reject(new OciCallError(failure));
    slurm.listNodes = () => Promise.reject(slurmError("away"));
    const { texts, problems, unknown } = await tell();
    expect(texts).toEqual(["elastic p: at 0"]);
    expect(problems).toEqual([
      "Slurm: scontrol: away",
      expect.stringMatching(/^console: .*no policy/),
    ]);
    expect(unknown).toBeUndefined();
  });

  it("does not ask OCI when it shall not", async () => {
    log("e.log", [0]);
    const told = await readNodeLog(
      {
        logFile: join(directory, "e.log"),
        consoleDirectory: join(directory, "consoles"),
        slurm,
        clock: { now: () => NOW_MS },
      },
      "n-1",
      { sinceMs: undefined, linesMax: 10 },
    );
    expect(told.lines).toHaveLength(1);
    expect(cloud.instanceLists).toBe(0);
  });

  it("says why there is no console", async () => {
    expect((await tell()).notes).toContain("console: the node has no instance now");
    const ocid = instance("RUNNING", LAUNCH_MS);
    expect((await tell()).notes).toContain(`console: OCI gave none of ${ocid} (RUNNING) in time`);
    consoles[ocid] = "\n";
    expect((await tell()).notes).toContain(`console: that of ${ocid} is empty`);
  });

  it("names the boot log's place, and the node's address while it is up", async () => {
    const off = "boot log: /root/ansible-pull.log on the node itself, while it is up";
    const node = slurm.nodes.get("n-1");
    if (node === undefined) throw new Error("n-1 is missing");
    slurm.nodes.set("n-1", { ...node, address: "10.0.0.7" });
    expect((await tell()).notes.at(-1)).toMatch(/ansible-pull.log .*: ssh opc@10\.0\.0\.7$/);
    slurm.nodes.set("n-1", { ...node, address: "10.0.0.7", flags: new Set(["POWERING_DOWN"]) });
    expect((await tell()).notes.at(-1)).toBe(off);
    slurm.nodes.clear();
    expect((await tell()).notes.at(-1)).toBe(off);
  });

  it("offers near names for a node of which nobody knows", async () => {
    slurm.nodes.clear();
    slurm.setNode("n-2", "IDLE", []);
    expect((await tell()).unknown).toEqual(["n-2"]);
    log("e.log", [0]);
    expect((await tell()).unknown).toBeUndefined();
  });
});
