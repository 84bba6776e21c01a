import { describe, expect, it } from "vitest";
import { formatLook, formatOutcome } from "../../../../nodectl/commands/sweep/sweep-report.ts";
import { sweep } from "../../../../nodectl/commands/sweep/sweep.ts";
import type { ListedInstance } from "../../../../nodectl/domain/sweep/listing.ts";
import { CLUSTER, instance, NOW_MS, volume } from "../../domain/sweep/listing-samples.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { FakeCompartment } from "./fake-compartment.ts";

const PAUSE_MS = 15_000;
const DEADLINE_MS = 600_000;

function run(control: FakeCompartment, despiteLaunchers = false) {
  const clock = new VirtualClock(NOW_MS);
  const deadline = new AbortController();
  clock.abortAfter(deadline, DEADLINE_MS);
  const said: string[] = [];
  const context = {
    ...{ control, clock, signal: deadline.signal, concurrency: 4 },
    onLook: (...args: Parameters<typeof formatLook>) => {
      said.push(formatLook(...args));
    },
  };
  const request = { clusterId: CLUSTER, pauseMs: PAUSE_MS, despiteLaunchers };
  return { outcome: sweep(context, request), said, clock };
}

const first = instance({ instanceOcid: "i1" });
const second = instance({ instanceOcid: "i2" });

function inState(lifecycleState: string, ...instances: readonly ListedInstance[]) {
  return { instances: instances.map((it) => ({ ...it, lifecycleState })) };
}

const BOTH = { instances: [first, second] };
const GONE = inState("TERMINATED", first, second);

describe("sweep()", () => {
  it("removes what it finds, waits for its end and looks once more", async () => {
    const control = new FakeCompartment([BOTH, inState("TERMINATING", first, second), GONE]);
    const { outcome, said, clock } = run(control);
    const result = await outcome;
    expect(result).toMatchObject({ kind: "swept", removed: [{ ocid: "i1" }, { ocid: "i2" }] });
    expect(control).toMatchObject({ removals: ["i1", "i2"], looks: 4 });
    expect(clock.now() - NOW_MS).toBe(3 * PAUSE_MS);
    expect(said).toEqual([
      "removing 2 instances",
      "waiting for 2 instances",
      "nothing of it is left; looking once more",
      "nothing of it is left; looking once more",
    ]);
    if (result.kind === "launchers-run") throw new Error(result.kind);
    expect(formatOutcome(CLUSTER, result)).toBe(
      `cluster ${CLUSTER}: removed 2 instances; nothing is left\n`,
    );
  });

  it("looks twice at a compartment that has nothing of it, and removes nothing", async () => {
    const control = new FakeCompartment([{}]);
    expect(await run(control).outcome).toEqual({ kind: "swept", removed: [], doubtful: [] });
    expect(control).toMatchObject({ removals: [], looks: 2 });
  });

  it("removes an instance that shows up between two looks: a launch was on the wire", async () => {
    const late = instance({ instanceOcid: "late", lifecycleState: "PROVISIONING" });
    const control = new FakeCompartment([{}, { instances: [late] }, {}]);
    expect(await run(control).outcome).toMatchObject({ kind: "swept" });
    expect(control).toMatchObject({ removals: ["late"], looks: 4 });
  });

  it("is not taken in by one list that came back short", async () => {
    const control = new FakeCompartment([BOTH, {}, inState("TERMINATING", first), GONE]);
    expect(await run(control).outcome).toMatchObject({ kind: "swept" });
    expect(control.looks).toBe(5);
  });

  it("deletes a boot volume only when two looks in a row call it ours", async () => {
    const [left, tagged] = ["v1", "v2"].map((bootVolumeOcid) =>
      volume({ bootVolumeOcid, tags: { cluster: CLUSTER } }),
    ) as [ReturnType<typeof volume>, ReturnType<typeof volume>];
    const looks = [{ bootVolumes: [left] }, { bootVolumes: [tagged] }, { bootVolumes: [tagged] }];
    const control = new FakeCompartment([...looks, {}]);
    expect(await run(control).outcome).toMatchObject({ kind: "swept" });
    expect(control.removals).toEqual(["v2"]);
  });

  it("goes on with the rest when OCI refuses one for good, and then says which is left", async () => {
    const looks = [BOTH, { instances: [first, { ...second, lifecycleState: "TERMINATED" }] }];
    const control = new FakeCompartment(looks, { i1: "auth" });
    const { outcome } = run(control);
    const result = await outcome;
    expect(result).toMatchObject({ kind: "left", isTimeUp: false });
    expect(control).toMatchObject({ removals: ["i1", "i2", "i1"], looks: 2 });
    if (result.kind !== "left") throw new Error(result.kind);
    expect(result.left).toMatchObject([{ item: { ocid: "i1" }, failure: { class: "auth" } }]);
    expect(formatOutcome(CLUSTER, result)).toBe(
      [
        `cluster ${CLUSTER}: removed 1 instance; 1 instance LEFT`,
        "  instance vm-a-0001 (RUNNING) i1: no",
        "OCI refuses: your user needs to manage instance-family and volume-family in the compartment; then run it again",
        "",
      ].join("\n"),
    );
  });

  it("tries what is busy again until its deadline, and does not wait longer", async () => {
    const control = new FakeCompartment([{ instances: [first] }], { i1: "conflict" });
    const { outcome, clock } = run(control);
    expect(await outcome).toMatchObject({ kind: "left", isTimeUp: true, removed: [] });
    expect(control.removals).toHaveLength(DEADLINE_MS / PAUSE_MS);
    expect(clock.now() - NOW_MS).toBe(DEADLINE_MS);
  });

  it("says of what OCI accepted and never did that it is still there", async () => {
    const { outcome } = run(new FakeCompartment([inState("TERMINATING", first)]));
    const result = await outcome;
    if (result.kind !== "left") throw new Error(result.kind);
    expect(formatOutcome(CLUSTER, result)).toMatch(
      /removed nothing; 1 instance LEFT\n {2}instance vm-a-0001 \(TERMINATING\) i1\nthe time was up/,
    );
  });

  it("does nothing while the management node runs, unless it is told to", async () => {
    const management = instance({ instanceOcid: "m", tags: { cluster: CLUSTER } });
    const looks = [{ instances: [management, first] }, { instances: [management] }];
    const careful = new FakeCompartment(looks);
    expect(await run(careful).outcome).toMatchObject({
      ...{ kind: "launchers-run", launchers: [{ ocid: "m" }] },
    });
    expect(careful.removals).toEqual([]);
    const bold = new FakeCompartment(looks);
    expect(await run(bold, true).outcome).toMatchObject({ kind: "swept" });
    expect(bold.removals).toEqual(["i1"]);
  });

  it("names at most twenty of what a person has to look at", async () => {
    const bootVolumes = Array.from({ length: 25 }, (_, index) =>
      volume({ bootVolumeOcid: `v${index}`, instanceName: "vm-b-0001" }),
    );
    const control = new FakeCompartment([{ bootVolumes }]);
    const result = await run(control).outcome;
    if (result.kind !== "swept") throw new Error(result.kind);
    const lines = formatOutcome(CLUSTER, result).trimEnd().split("\n");
    expect(lines[1]).toMatch(/^left alone: 25 boot volumes that may be of this cluster/);
    expect(lines.slice(-2)).toEqual([
      "  and 5 more",
      "to delete one: oci bv boot-volume delete --boot-volume-id OCID",
    ]);
    expect(lines).toHaveLength(24);
    expect(control.removals).toEqual([]);
  });
});
