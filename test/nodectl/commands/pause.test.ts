import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pauseLaunching, readPause, resumeLaunching } from "../../../nodectl/commands/pause.ts";
import type { ResumeReport } from "../../../nodectl/commands/pause.ts";
import { failureReason } from "../../../nodectl/domain/failed-node.ts";
import { pauseSentence } from "../../../nodectl/domain/pause.ts";
import { RecordingSlurm } from "./recording-slurm.ts";
import { silentLog } from "./silent-log.ts";
import { VirtualClock } from "./virtual-clock.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pause-"));
  file = join(directory, "citc/paused");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const pause = { who: "opc", sinceMs: 1_000_000, reason: "an incident" };

describe("pauseLaunching()", () => {
  it("writes a file that startnode, which is not root, can read, whatever the umask", async () => {
    const umask = process.umask(0o077);
    try {
      expect(await pauseLaunching({ file, log: silentLog }, pause)).toEqual({
        kind: "paused",
        pause,
      });
    } finally {
      process.umask(umask);
    }
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(await readPause(file)).toEqual(pause);
    expect(readdirSync(join(directory, "citc"))).toEqual(["paused"]);
  });

  it("leaves a pause as it is: whose it is must not change", async () => {
    await pauseLaunching({ file, log: silentLog }, pause);
    const text = readFileSync(file, "utf8");
    const again = await pauseLaunching({ file, log: silentLog }, { ...pause, who: "alice" });
    expect(again).toEqual({ kind: "paused-before", pause });
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

describe("readPause()", () => {
  it("is undefined while there is no file", async () => {
    expect(await readPause(file)).toBeUndefined();
  });

  it("pauses when the file cannot be read, and says so", async () => {
    expect((await readPause(directory))?.reason).toMatch(/cannot be read \(EISDIR/);
  });

  it("pauses when the file is unreasonably large", async () => {
    const large = join(directory, "large");
    writeFileSync(large, "x".repeat(100_000));
    expect((await readPause(large))?.reason).toMatch(/has 100000 bytes/);
  });
});

describe("resumeLaunching()", () => {
  const clock = new VirtualClock(1_000_000);
  const reason = failureReason(pauseSentence(pause), 10_000_000);
  let slurm: RecordingSlurm;

  beforeEach(async () => {
    slurm = new RecordingSlurm();
    await pauseLaunching({ file, log: silentLog }, pause);
  });

  function resume(): Promise<ResumeReport> {
    return resumeLaunching({ file, slurm, clock, log: silentLog });
  }

  function put(name: string, base: string, flags: readonly string[], why = reason): void {
    slurm.setNode(name, base, ["CLOUD", ...flags], 0, why);
  }

  /** A return is seen at the next look, and other things happen by then. */
  function onLook(changes: Readonly<Record<number, () => void>>): void {
    let looks = 0;
    const list = slurm.listNodes.bind(slurm);
    slurm.listNodes = () => {
      looks += 1;
      changes[looks]?.();
      return list();
    };
    const returnToService = slurm.returnToService.bind(slurm);
    slurm.returnToService = async (names) => {
      await returnToService(names);
      for (const name of names) put(name, "IDLE", ["POWERED_DOWN"]);
    };
  }

  it("removes the file and returns the nodes that wait because of it, and no others", async () => {
    onLook({});
    put("n-1", "DOWN", ["POWERED_DOWN"]);
    put("n-2", "DOWN", ["POWERED_DOWN"], failureReason("500 Out of host capacity", 10_000_000));
    put("n-3", "DOWN", ["POWERED_DOWN"], "an admin's");
    expect(await resume()).toEqual({ ended: pause, returned: ["n-1"], later: [] });
    expect(slurm.calls).toEqual(["return n-1"]);
    expect(await readPause(file)).toBeUndefined();
  });

  it("waits for a node until stopnode has set it DOWN and has ended", async () => {
    onLook({
      3: () => {
        put("n-1", "DOWN", ["POWERING_DOWN"]);
      },
    });
    put("n-1", "DOWN", ["POWERING_UP"]);
    const beganMs = clock.now();
    expect(await resume()).toMatchObject({ returned: ["n-1"], later: [] });
    expect(clock.now() - beganMs).toBe(2_000 + 5_000);
  });

  it("names after half a minute what could not be returned", async () => {
    onLook({});
    put("n-1", "IDLE", ["POWERING_DOWN"]);
    put("n-2", "DOWN", ["POWERED_DOWN"]);
    const beganMs = clock.now();
    expect(await resume()).toEqual({ ended: pause, returned: ["n-2"], later: ["n-1"] });
    expect(clock.now() - beganMs).toBe(30_000);
  });

  it("finishes the work of a run that was killed after it had removed the file", async () => {
    onLook({});
    rmSync(file);
    put("n-1", "DOWN", ["POWERED_DOWN"]);
    expect(await resume()).toEqual({ ended: undefined, returned: ["n-1"], later: [] });
  });

  it("ends the pause also when Slurm does not answer", async () => {
    slurm.listNodes = () => Promise.reject(new Error("away"));
    await expect(resume()).rejects.toThrow("away");
    expect(await readPause(file)).toBeUndefined();
  });
});
