import { describe, expect, it } from "vitest";
import type { SlurmNode } from "../../../nodectl/slurm/control.ts";
import type { Observation } from "./observation.ts";
import { BOOTING_PHASES, PHASES } from "./phases.ts";
import { Timeline } from "./timeline.ts";

function node(base: string, flags: readonly string[], address = "n-1"): SlurmNode {
  return {
    name: "n-1",
    base,
    flags: new Set(flags),
    address,
    reason: "",
    reasonUser: "",
    bootTimeMs: 0,
  };
}

function observation(timeMs: number, overrides: Partial<Observation> = {}): Observation {
  return {
    timeMs,
    nodes: [node("ALLOCATED", ["CLOUD", "POWERING_UP"])],
    jobState: "CONFIGURING",
    jobNodes: ["n-1"],
    instances: [],
    launches: [],
    ...overrides,
  };
}

function instance(lifecycleState: string): Observation["instances"] {
  return [{ nodeName: "n-1", instanceOcid: "i-1", lifecycleState }];
}

const launches = [{ nodeName: "n-1", timeMs: 5 }];

describe("Timeline", () => {
  it("follows a node through its whole way, one phase after the other", () => {
    const timeline = new Timeline(PHASES);
    const seen = [
      observation(0),
      observation(10, { launches }),
      observation(20, { launches, instances: instance("PROVISIONING") }),
      observation(30, {
        launches,
        instances: instance("PROVISIONING"),
        nodes: [node("ALLOCATED", ["POWERING_UP"], "10.0.1.2")],
      }),
      observation(40, {
        launches,
        instances: instance("RUNNING"),
        nodes: [node("ALLOCATED", ["POWERING_UP"], "10.0.1.2")],
      }),
      observation(50, {
        launches,
        instances: instance("RUNNING"),
        nodes: [node("ALLOCATED", [], "10.0.1.2")],
      }),
      observation(60, {
        launches,
        instances: instance("RUNNING"),
        jobState: "RUNNING",
        nodes: [node("ALLOCATED", [], "10.0.1.2")],
      }),
      observation(70, {
        launches,
        instances: instance("RUNNING"),
        jobState: "COMPLETED",
        nodes: [node("IDLE", [], "10.0.1.2")],
      }),
      observation(80, {
        launches,
        instances: instance("TERMINATING"),
        jobState: "",
        nodes: [node("IDLE", ["POWERING_DOWN"], "10.0.1.2")],
      }),
      observation(90, {
        launches,
        instances: instance("TERMINATED"),
        jobState: "",
        nodes: [node("IDLE", ["POWERED_DOWN"])],
      }),
    ].flatMap((step) => timeline.observe(step));
    expect(seen.map(({ phase }) => phase)).toEqual(PHASES.map(({ name }) => name));
    expect(seen.map(({ timeMs }) => timeMs)).toEqual([0, 5, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(timeline.isComplete).toBe(true);
  });

  it("says nothing twice, and nothing of nodes that the job was not promised", () => {
    const timeline = new Timeline(PHASES);
    timeline.observe(observation(0));
    expect(timeline.observe(observation(10))).toEqual([]);
    const other = { ...node("ALLOCATED", ["POWERING_UP"]), name: "n-2" };
    expect(timeline.observe(observation(20, { nodes: [other] }))).toEqual([]);
    expect(timeline.isComplete).toBe(false);
  });

  it("reports a job that ran and ended between two looks together with what follows", () => {
    const timeline = new Timeline(PHASES);
    const up = { launches, instances: instance("RUNNING") };
    timeline.observe(observation(0, { ...up, nodes: [node("ALLOCATED", [], "10.0.1.2")] }));
    const after = observation(10, { ...up, jobState: "", nodes: [node("IDLE", [], "10.0.1.2")] });
    expect(timeline.observe(after).map(({ phase }) => phase)).toEqual(["running the job", "idle"]);
  });

  it("reads from the console what a machine does that boots", () => {
    const timeline = new Timeline(BOOTING_PHASES);
    const seenWith = (timeMs: number, console: string): (string | undefined)[] => {
      const [first] = instance("RUNNING");
      const instances = first === undefined ? [] : [{ ...first, console }];
      const nodes = [node("ALLOCATED", ["POWERING_UP"], "10.0.1.2")];
      const step = observation(timeMs, { launches, instances, nodes });
      return timeline.observe(step).map(({ phase }) => phase);
    };
    expect(seenWith(0, "")).toContain("running");
    expect(seenWith(10, "[ OK ] Started\r\nciti")).toEqual([]);
    const waiting = "[ OK ]\r\ncitc: waiting for http://10.0.0.1/git\r\n";
    expect(seenWith(20, waiting)).toEqual(["cloud-init"]);
    expect(seenWith(30, `${waiting}citc: running ansible/compute.yml of v1\r\n`)).toEqual([
      "playbook",
    ]);
  });

  it("does not take a powered-down node for a registered one", () => {
    const timeline = new Timeline(PHASES);
    const off = observation(0, { launches, nodes: [node("IDLE", ["POWERED_DOWN"])] });
    expect(timeline.observe(off).map(({ phase }) => phase)).not.toContain("registered");
  });
});
