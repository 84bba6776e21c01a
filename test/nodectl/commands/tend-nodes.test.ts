import { beforeEach, describe, expect, it } from "vitest";
import {
  returnFailedNodes,
  tendFailedNodes,
  tendPersistently,
  type TendContext,
} from "../../../nodectl/commands/tend-nodes.ts";
import { failureReason } from "../../../nodectl/domain/failed-node.ts";
import { RecordingSlurm } from "./recording-slurm.ts";
import { silentLog } from "./silent-log.ts";
import { slurmError } from "./slurm-error.ts";

const START = Date.parse("2026-11-25T14:00:00Z");
const HOUR_MS = 3_600_000;

let slurm: RecordingSlurm;
let now: number;

beforeEach(() => {
  slurm = new RecordingSlurm();
  now = START;
  slurm.returnToService = (names) => {
    slurm.calls.push(`return ${names.join(",")} after ${(now - START) / 1000} s`);
    for (const name of names) slurm.setNode(name, "IDLE", ["CLOUD", "POWERED_DOWN"]);
    return Promise.resolve();
  };
});

function context(): TendContext {
  return {
    slurm,
    clock: {
      now: () => now,
      sleep: (durationMs) => {
        now += durationMs;
        return Promise.resolve();
      },
    },
    log: silentLog,
  };
}

function setFailed(name: string, base: string, flag: string, afterMs: number): void {
  slurm.setNode(name, base, ["CLOUD", flag], 0, failureReason("no room", START + afterMs));
}

describe("tendFailedNodes()", () => {
  it("keeps a node down while Slurm powers it down, and lets Slurm return it", async () => {
    setFailed("n1", "IDLE", "POWERING_DOWN", 60_000);
    const tended = await tendFailedNodes(context());
    expect(slurm.calls).toEqual(['down n1 {"resumeAfterSeconds":60}']);
    expect(slurm.down.get("n1")).toBe(failureReason("no room", START + 60_000));
    expect(tended).toEqual({ kind: "waiting", nextRetryMs: START + 60_000 });
  });

  it("returns nodes whose time has come", async () => {
    setFailed("n1", "DOWN", "POWERED_DOWN", -1);
    expect(await tendFailedNodes(context())).toEqual({ kind: "none-waiting" });
    expect(slurm.calls).toEqual(["return n1 after 0 s"]);
  });

  it("returns no node whose instance is being terminated: a new one could be taken for it", async () => {
    setFailed("n1", "DOWN", "POWERED_DOWN", -1);
    setFailed("n2", "DOWN", "POWERED_DOWN", -1);
    await tendFailedNodes(context(), new Set(["n1"]));
    expect(slurm.calls).toEqual(["return n2 after 0 s"]);
  });

  it("leaves it to the next run when Slurm does not answer", async () => {
    slurm.listNodes = () => Promise.reject(slurmError());
    expect(await tendFailedNodes(context())).toEqual({ kind: "refused" });
  });
});

describe("one of several nodes that Slurm refuses", () => {
  function refuse(nodeName: string): void {
    const setDown = slurm.setDown.bind(slurm);
    slurm.setDown = async (names, reason, options) => {
      if (names.includes(nodeName)) throw slurmError();
      await setDown(names, reason, options);
    };
  }

  it("keeps neither the others from staying down, nor those that are due from returning", async () => {
    setFailed("n1", "IDLE", "POWERING_DOWN", 60_000);
    setFailed("n2", "IDLE", "POWERING_DOWN", 90_000);
    setFailed("n3", "DOWN", "POWERED_DOWN", -1);
    refuse("n1");
    expect(await tendFailedNodes(context())).toEqual({ kind: "refused" });
    expect([...slurm.down.keys()]).toEqual(["n2"]);
    expect(slurm.calls).toContain("return n3 after 0 s");
  });
});

describe("tendPersistently()", () => {
  it("tries again while Slurm does not answer: a node that is not DOWN again is idle soon", async () => {
    setFailed("n1", "IDLE", "POWERING_DOWN", 60_000);
    const listNodes = slurm.listNodes.bind(slurm);
    let asked = 0;
    slurm.listNodes = () => (++asked < 4 ? Promise.reject(slurmError()) : listNodes());
    await tendPersistently(context(), new Set(), START + 20_000);
    expect(slurm.down.has("n1")).toBe(true);
  });

  it("ends when the nodes are off", async () => {
    slurm.listNodes = () => Promise.reject(slurmError());
    await tendPersistently(context(), new Set(), START + 20_000);
    expect(now - START).toBe(19_000);
  });

  it("asks once when Slurm answers", async () => {
    setFailed("n1", "DOWN", "POWERED_DOWN", 60_000);
    await tendPersistently(context(), new Set(), START + 20_000);
    expect(now).toBe(START);
  });
});

describe("returnFailedNodes()", () => {
  it("returns each node at its time and then ends", async () => {
    setFailed("n1", "DOWN", "POWERED_DOWN", 100_000);
    setFailed("n2", "DOWN", "POWERED_DOWN", 45_000);
    await returnFailedNodes(context());
    expect(slurm.calls).toEqual(["return n2 after 45 s", "return n1 after 100 s"]);
  });

  it("waits for a node that is due and not off yet", async () => {
    setFailed("n1", "DOWN", "POWERING_DOWN", -1);
    let looks = 0;
    const listNodes = slurm.listNodes.bind(slurm);
    slurm.listNodes = () => {
      if (++looks === 4) setFailed("n1", "DOWN", "POWERED_DOWN", -1);
      return listNodes();
    };
    await returnFailedNodes(context());
    expect(slurm.calls).toEqual(["return n1 after 3 s"]);
  });

  it("ends after two hours, also when Slurm never answers", async () => {
    slurm.listNodes = () => Promise.reject(slurmError());
    await returnFailedNodes(context());
    expect(now - START).toBe(2 * HOUR_MS);
  });

  it("leaves a node to later runs that is due after that", async () => {
    setFailed("n1", "DOWN", "POWERED_DOWN", 3 * HOUR_MS);
    await returnFailedNodes(context());
    expect(now).toBe(START);
  });
});
