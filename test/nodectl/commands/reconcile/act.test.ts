import { beforeEach, describe, expect, it } from "vitest";
import {
  reconcile,
  type ReconcileOutcome,
} from "../../../../nodectl/commands/reconcile/reconcile.ts";
import { parseMemory } from "../../../../nodectl/domain/reconcile/memory.ts";
import { OciCallError } from "../../../../nodectl/oci/oci-errors.ts";
import { NodeUpdateError } from "../../../../nodectl/slurm/slurm-command-error.ts";
import { slurmError } from "../slurm-error.ts";
import { MINUTE_MS, ReconcileRig } from "./reconcile-rig.ts";

let rig: ReconcileRig;
beforeEach(() => {
  rig = new ReconcileRig();
});

function pass(): Promise<ReconcileOutcome> {
  return reconcile(rig.context(), { isDryRun: false });
}

async function passLater(): Promise<ReconcileOutcome> {
  await rig.clock.sleep(MINUTE_MS);
  return pass();
}

describe("a machine that is replaced", () => {
  beforeEach(async () => {
    rig.setNode("n1", "DOWN+NOT_RESPONDING slurm: Not responding");
    rig.launch("n1", "RUNNING");
    await pass();
  });
  const WORDS = "down n1 reconcile: its slurmd fell silent, and Slurm has set it DOWN (RUNNING)";

  it("has its console kept first, and the reason says where", async () => {
    await passLater();
    expect(rig.calls).toEqual([
      `${WORDS}; console in /consoles/n1 {"hasNoMachine":false}`,
      "force n1",
    ]);
  });

  it.each([
    [
      "OCI refuses it",
      () =>
        Promise.reject(
          new OciCallError({ class: "config", operation: "CaptureConsoleHistory", message: "no" }),
        ),
      undefined,
    ],
    ["OCI has none", () => Promise.resolve(undefined), undefined],
    ["OCI never answers", () => new Promise<never>(() => undefined), undefined],
    [
      "the disk is full",
      undefined,
      () =>
        Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" })),
    ],
  ] as const)("is replaced all the same when there is no console: %s", async (_, capture, save) => {
    if (capture !== undefined) rig.captureConsole = capture;
    if (save !== undefined) rig.saveConsole = save;
    await passLater();
    expect(rig.calls).toEqual([`${WORDS} {"hasNoMachine":false}`, "force n1"]);
    expect(rig.warnings).toHaveLength(1);
  });
});

describe("consoles", () => {
  /** Two rules that replace machines, five nodes each, and a node that lost its own. */
  async function passOver(): Promise<void> {
    for (const number of [1, 2, 3, 4, 5]) {
      rig.setNode(`n${number}`, "DOWN+NOT_RESPONDING slurm: Not responding");
      rig.setNode(`n${number + 10}`, "IDLE+DRAIN+INVALID_REG+NOT_RESPONDING slurm: Low CPUs");
      rig.launch(`n${number}`, "RUNNING");
      rig.launch(`n${number + 10}`, "RUNNING");
    }
    await pass();
    rig.setNode("n20", "MIXED");
    rig.launch("n20", "TERMINATED");
    await passLater();
  }

  it("are kept of eight machines in a pass, whatever the rules that replace them", async () => {
    let captures = 0;
    rig.captureConsole = () => {
      captures += 1;
      return Promise.resolve("the end");
    };
    await passOver();
    expect(rig.calls.filter((call) => call.startsWith("force"))).toHaveLength(3);
    expect(captures).toBe(8);
  });

  it("are waited for once in a pass, and not by the jobs of lost machines", async () => {
    rig.captureConsole = () => {
      rig.calls.push("capture");
      return new Promise<never>(() => undefined);
    };
    await passOver();
    expect(rig.warnings.filter((it) => it.startsWith("consoles did not come"))).toHaveLength(1);
    expect(rig.calls.indexOf("force n20")).toBeLessThan(rig.calls.indexOf("capture"));
  });
});

describe("what is done with a node", () => {
  it.each([
    ["MIXED+DRAIN root: bad disk", "TERMINATED", ["down n1 bad disk"], "a person's drain is kept"],
    [
      "IDLE+DRAIN+INVALID_REG slurm: Low CPUs",
      "RUNNING",
      [
        'down n1 reconcile: it registered with less than slurm.conf says (RUNNING) [next try TIME] {"hasNoMachine":false,"resumeAfterSeconds":600}',
        "force n1",
      ],
      "too small a machine is set aside",
    ],
    ["MIXED+DRAIN+INVALID_REG slurm: Low CPUs", "RUNNING", ["asap n1"], "its job may end"],
    [
      "IDLE+POWERING_DOWN slurm: startnode: x [next try 2099-01-01T00:00:00+00:00]",
      "TERMINATED",
      [expect.stringMatching(/^down n1 startnode: x .*"resumeAfterSeconds":/)],
      "a failed node stays DOWN",
    ],
    ["DOWN root: reconcile: lost", "RUNNING", ["force n1"], "what is DOWN is powered down"],
  ] as const)("%s, %s: %s", async (...[state, lifecycleState, calls]) => {
    rig.setNode("n1", state);
    rig.launch("n1", lifecycleState);
    await pass();
    if (rig.calls.length === 0) await passLater();
    const shown = rig.calls.map((call) => call.replace(/next try 2026[^\]]*/, "next try TIME"));
    expect(shown).toEqual(calls);
  });

  it("drains a node of an earlier limits.yaml that its power-down has opened", async () => {
    rig.setNode("n1", "IDLE+POWERED_DOWN");
    rig.claims.set("n1", "retired");
    await pass();
    expect(rig.calls).toEqual(["drain n1 finish: no longer in limits.yaml"]);
  });
});

describe("what Slurm refuses", () => {
  function lose(name: string, reason: string): void {
    rig.setNode(name, `MIXED+DRAIN root: ${reason}`);
    rig.launch(name, "TERMINATED");
  }

  function refuse(name: string): void {
    const error = slurmError("Invalid node name specified");
    rig.refusals.set(`down ${name}`, new NodeUpdateError([{ nodeName: name, error }]));
  }

  /** The nodes that something was to be done with and was not. */
  async function refusedNodes(): Promise<readonly string[]> {
    const outcome = await pass();
    if (outcome.kind !== "done") throw new Error(outcome.kind);
    return outcome.acted.acts.flatMap(({ act, problem }) => (problem ? [act.node.name] : []));
  }

  it("of nodes with one reason does not keep those with another from going DOWN", async () => {
    lose("n1", "bad disk");
    lose("n2", "bad fan");
    refuse("n1");
    await pass();
    expect(rig.calls).toEqual(["down n1 bad disk", "down n2 bad fan"]);
  });

  it("is the problem of the refused node alone: the others of the call are done", async () => {
    lose("n1", "bad disk");
    lose("n2", "bad disk");
    refuse("n1");
    expect(await refusedNodes()).toEqual(["n1"]);
  });

  it("is known of every refused node, whatever their reasons", async () => {
    lose("n1", "bad disk");
    lose("n2", "bad fan");
    lose("n3", "bad fan");
    refuse("n1");
    refuse("n2");
    expect(await refusedNodes()).toEqual(["n1", "n2"]);
  });

  it("without a word of single nodes is the problem of all", async () => {
    lose("n1", "bad disk");
    lose("n2", "bad fan");
    rig.refusals.set("down n1", slurmError("Unable to contact slurm controller"));
    expect(await refusedNodes()).toEqual(["n1", "n2"]);
  });

  it("of a node that fails to boot does not hide that another failed", async () => {
    for (const name of ["n1", "n2", "n3", "n4"]) {
      rig.setNode(name, "ALLOCATED+POWERING_UP+NOT_RESPONDING");
      rig.launch(name, "RUNNING", 11 * MINUTE_MS);
    }
    refuse("n1");
    await pass();
    expect(rig.capacities.map(({ kind }) => kind)).toEqual(["boot"]);
  });
});

describe("a machine that has left a note that it could not be configured", () => {
  const NOTE = "munge : Check: the 'key' is not there";
  beforeEach(() => {
    rig.setNode("n1", "ALLOCATED+POWERING_UP+NOT_RESPONDING");
    const { instanceOcid } = rig.launch("n1", "RUNNING");
    rig.notes.set("n1", { instanceOcid, words: NOTE });
    rig.jobs.push({ jobId: 7, isInteractive: false, adminComment: "" });
  });
  const WHY = "its machine could not be configured (RUNNING): munge : Check: the key is not there";

  it("is replaced at once; node and job are told what it says", async () => {
    await pass();
    expect(rig.calls).toEqual([
      `comment 7 reconcile: a node of this job was lost: ${WHY}`,
      `down n1 reconcile: ${WHY}; console in /consoles/n1 {"hasNoMachine":true}`,
      "force n1",
    ]);
  });

  it("counts as a boot that failed", async () => {
    await pass();
    expect(Object.values(parseMemory(rig.memory).boots)).toEqual([1]);
  });

  it("is left alone when the note is an earlier machine's", async () => {
    rig.notes.set("n1", { instanceOcid: "another", words: NOTE });
    await pass();
    expect(rig.calls).toEqual([]);
  });

  it("waits for the boot limit when notes cannot be read, which is said", async () => {
    rig.readNotes = () =>
      Promise.reject(Object.assign(new Error("ESTALE"), { code: "ESTALE", syscall: "scandir" }));
    const outcome = await pass();
    expect(rig.calls).toEqual([]);
    expect(outcome).toMatchObject({
      seen: { doubts: ["the notes of machines that failed cannot be read: ESTALE"] },
    });
  });
});
