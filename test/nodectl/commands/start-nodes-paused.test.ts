import { beforeEach, describe, expect, it } from "vitest";
import {
  isPaused,
  LaunchingPausedError,
  PAUSE_RETRY_MS,
  watchPause,
} from "../../../nodectl/commands/pause-watch.ts";
import type { Pause } from "../../../nodectl/domain/pause.ts";
import { failure, StartRig } from "./start-rig.ts";
import { VirtualClock } from "./virtual-clock.ts";

const specification = { shape: "VM.Standard2.1", availabilityDomains: ["Uocm:PHX-AD-1"] };
const pause: Pause = { who: "opc", sinceMs: undefined, reason: "an incident" };
const SENTENCE = "launching is paused by opc: an incident";

let rig: StartRig;

beforeEach(() => {
  rig = new StartRig();
});

function pauseNow(): void {
  rig.pause.abort(new LaunchingPausedError(pause));
}

describe("startNodes() while launching is paused", () => {
  it("launches nothing, and sets the nodes DOWN with a reason and a try some minutes later", async () => {
    pauseNow();
    const { failed, launched } = await rig.start(["n-1", "n-2"], specification);
    expect(launched).toEqual([]);
    expect(rig.cloud.launches).toEqual([]);
    const retryAtMs = failed[0]?.retryAtMs ?? 0;
    expect(failed.map(({ reason }) => reason)).toEqual([SENTENCE, SENTENCE]);
    expect(rig.clock.now() - retryAtMs).toBeLessThanOrEqual(0);
    expect(retryAtMs - rig.clock.now()).toBeLessThanOrEqual(PAUSE_RETRY_MS);
    expect(rig.slurm.down.get("n-1")).toMatch(/^startnode: launching is paused by .*\[next try /);
    expect(rig.slurm.calls).toContain("power down n-1,n-2");
  });

  it("sets all nodes of a job DOWN, none is given to another job", async () => {
    pauseNow();
    const jobs = [{ jobId: 7, nodeNames: ["n-1", "n-2", "n-3"] }];
    const report = await rig.start(["n-1", "n-2", "n-3"], specification, { jobs, concurrency: 1 });
    expect(report.failed.map(({ nodeName }) => nodeName)).toEqual(["n-1", "n-2", "n-3"]);
    expect(report.abandoned).toEqual([]);
  });

  it("adopts what runs: its node is told the address", async () => {
    rig.cloud.add({ nodeName: "n-1" });
    pauseNow();
    expect(await rig.start(["n-1", "n-2"], specification)).toMatchObject({
      adopted: ["n-1"],
      failed: [{ nodeName: "n-2", reason: SENTENCE }],
    });
  });

  it("launches no more when the pause comes in the middle, and looks after what it launched", async () => {
    rig.cloud.onLaunch = () => {
      if (rig.cloud.launches.length === 2) pauseNow();
      return undefined;
    };
    const names = ["n-1", "n-2", "n-3", "n-4"];
    const report = await rig.start(names, specification, { concurrency: 1 });
    expect(report.launched).toEqual(["n-1", "n-2"]);
    expect(report.failed.map(({ reason }) => reason)).toEqual([SENTENCE, SENTENCE]);
    expect([...rig.slurm.addresses.keys()]).toEqual(["n-1", "n-2"]);
  });

  it("gives a launch up that waited for its turn, with the pause as its reason", async () => {
    rig.cloud.onLaunch = () => {
      pauseNow();
      const notSent = failure("transport", "the run's time was up before OCI could be asked", "");
      return { kind: "refused", failure: notSent };
    };
    const { failed } = await rig.start(["n-1"], specification);
    expect(failed).toMatchObject([{ nodeName: "n-1", reason: SENTENCE }]);
  });
});

describe("watchPause()", () => {
  const controller = new AbortController();

  function watch(clock: VirtualClock, answers: readonly (Pause | undefined)[]) {
    const reads: number[] = [];
    const readPause = (): Promise<Pause | undefined> => {
      reads.push(clock.now());
      return Promise.resolve(answers[reads.length - 1]);
    };
    return { reads, signal: watchPause({ readPause, clock, signal: controller.signal }) };
  }

  it("has aborted already when launching is paused", async () => {
    const signal = await watch(new VirtualClock(), [pause]).signal;
    expect(signal.reason).toEqual(new LaunchingPausedError(pause));
  });

  it("looks once a second, and no more when it has seen the pause", async () => {
    const clock = new VirtualClock(0);
    const { reads, signal } = watch(clock, [undefined, undefined, pause]);
    expect((await signal).aborted).toBe(false);
    await clock.sleep(10_000);
    expect((await signal).aborted).toBe(true);
    expect(reads).toEqual([0, 1_000, 2_000]);
  });

  it("ends with the deadline of the launches, and aborts with it", async () => {
    const clock = new VirtualClock(0);
    const { reads, signal } = watch(clock, []);
    expect((await signal).aborted).toBe(false);
    clock.abortAfter(controller, 2_500);
    await clock.sleep(10_000);
    expect(reads).toEqual([0, 1_000, 2_000]);
    expect((await signal).aborted).toBe(true);
    expect(isPaused(await signal)).toBe(false);
  });

  it("has aborted already when the deadline has passed", async () => {
    const ended = { clock: new VirtualClock(), signal: AbortSignal.abort("late") };
    const signal = await watchPause({ readPause: () => Promise.resolve(undefined), ...ended });
    expect(signal.reason).toBe("late");
  });
});
