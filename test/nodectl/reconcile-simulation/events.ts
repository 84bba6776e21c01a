import type { Simulation } from "./simulation.ts";

/** Something that happens to a cluster. */
export interface SimulatedEvent {
  readonly name: string;
  /** How often, against the others. */
  readonly weight: number;
  /** False when there was nothing that it could happen to. */
  happen(simulation: Simulation): boolean;
}

/** Everything that OCI, Slurm, people and our own programs were seen to do to a cluster. */
export const EVENTS: readonly SimulatedEvent[] = [
  event("nothing", 60, () => true),
  event("job", 30, (it) => {
    const durationMs = 60_000 + it.random() * 1_200_000;
    return it.world.slurm.submit(anyNode(it), durationMs);
  }),
  event("instance terminated by somebody", 2, (it) => {
    const record = it.pick(it.world.livingOf());
    if (record !== undefined) it.world.cloud.terminate(record);
    return record !== undefined;
  }),
  event("instance stopped in the console", 2, (it) => {
    const record = it.pick(running(it));
    if (record !== undefined) it.world.cloud.stop(record);
    return record !== undefined;
  }),
  event("host lost or launch failed", 2, (it) => {
    const candidates = it.world
      .livingOf()
      .filter(({ lifecycleState }) => ["PROVISIONING", "RUNNING"].includes(lifecycleState));
    const record = it.pick(candidates);
    if (record !== undefined) it.world.cloud.fail(record);
    return record !== undefined;
  }),
  event("machine hangs", 2, (it) => {
    const record = it.pick(running(it));
    if (record !== undefined) it.world.ailments.set(record.instanceOcid, "hung");
    return record !== undefined;
  }),
  event("machine has less memory than it had", 1, (it) => {
    const record = it.pick(running(it));
    if (record !== undefined) it.world.ailments.set(record.instanceOcid, "small");
    return record !== undefined;
  }),
  event("next machine is ill", 2, (it) => {
    it.world.programs.nextAilment = it.pick(["never-boots", "small"] as const);
    return true;
  }),
  event("orphan", 1, (it) => launched(it, "vm-gone-1")),
  event("namesake by hand", 2, (it) => launched(it, anyNode(it))),
  event("startnode dies or recovers", 1, (it) => {
    it.world.programs.startnodeDies = !it.world.programs.startnodeDies;
    return true;
  }),
  event("no capacity, or capacity again", 1, (it) => {
    it.world.programs.hasNoCapacity = !it.world.programs.hasNoCapacity;
    return true;
  }),
  event("instance ends and is forgotten", 1, (it) => {
    const record = it.pick(it.world.livingOf());
    if (record === undefined) return false;
    it.world.cloud.terminate(record);
    const all = it.world.instancesOf(record.order.freeformTags["node"]);
    const ended = all.filter(({ lifecycleState }) => lifecycleState.startsWith("TERMINAT"));
    for (const { instanceOcid } of ended) it.cloud.forgotten.add(instanceOcid);
    return true;
  }),
  event("finish with other limits", 1, (it) => {
    const name = anyNode(it);
    if (!it.retired.delete(name)) it.retired.add(name);
    return true;
  }),
  event("stopnode dies or recovers", 1, (it) => {
    it.world.programs.stopnodeDies = !it.world.programs.stopnodeDies;
    return true;
  }),
  event("list of instances changes its mood", 2, (it) => {
    // Whole most of the time.
    it.cloud.listMood =
      it.pick(["whole", "whole", "whole", "failing", "empty", "short"]) ?? "whole";
    return true;
  }),
  event("slurmctld is deaf or hears again", 1, (it) => {
    it.isSlurmDeaf = !it.isSlurmDeaf && it.random() < 0.3;
    return true;
  }),
  event("memory lost", 1, (it) => {
    it.memory = it.pick(["", "{", it.memory.slice(0, it.memory.length / 2)]) ?? "";
    return true;
  }),
  event("a person sets a node down", 1, (it) => byHand(it, "down")),
  event("a person drains a node", 1, (it) => byHand(it, "drain")),
  event("a person returns a node", 3, (it) => byHand(it, "resume")),
  event("wrong address", 1, (it) => {
    const nodeName = anyNode(it);
    if (it.world.machineOf(nodeName) === undefined) return false;
    void it.world.slurm.reportAddresses([{ nodeName, ipAddress: "10.0.0.254" }]);
    return true;
  }),
];

function event(name: string, weight: number, happen: SimulatedEvent["happen"]): SimulatedEvent {
  return { name, weight, happen };
}

function anyNode(it: Simulation): string {
  return it.pick(it.nodeNames) ?? "";
}

function running(it: Simulation): ReturnType<Simulation["world"]["livingOf"]> {
  return it.world.livingOf().filter(({ lifecycleState }) => lifecycleState === "RUNNING");
}

function launched(it: Simulation, nodeName: string): boolean {
  it.world.launch(nodeName);
  return true;
}

function byHand(it: Simulation, action: "down" | "drain" | "resume"): boolean {
  it.world.slurm.byHand(anyNode(it), action);
  return true;
}
