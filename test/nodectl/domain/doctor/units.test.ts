import { describe, expect, it } from "vitest";
import { judgeUnits, parseUnitStates } from "../../../../nodectl/domain/doctor/units.ts";

interface Block {
  readonly LoadState?: string;
  readonly ActiveState?: string;
  readonly UnitFileState?: string;
}

/** As `systemctl show` writes it. */
function shown(changes: Readonly<Record<string, Block>> = {}): string {
  return ["munge.service", "slurmctld.service", "citc-reconcile.timer"]
    .map((Id) => {
      const values = { Id, LoadState: "loaded", ActiveState: "active", UnitFileState: "enabled" };
      return Object.entries({ ...values, ...changes[Id] })
        .map(([key, value]) => `${key}=${value}\n`)
        .join("");
    })
    .join("\n");
}

function judged(changes?: Readonly<Record<string, Block>>) {
  return judgeUnits(parseUnitStates(shown(changes)));
}

describe("judgeUnits()", () => {
  it("names the units that are active", () => {
    expect(judged()).toEqual([
      {
        kind: "ok",
        seen: "munge.service, slurmctld.service, citc-reconcile.timer are active",
      },
    ]);
  });

  it("finds one that ended, and says where its last words are", () => {
    expect(judged({ "slurmctld.service": { ActiveState: "failed" } })).toEqual([
      {
        kind: "wrong",
        seen: "slurmctld.service is failed: no job starts",
        fix: "systemctl enable --now slurmctld.service; journalctl -u slurmctld.service -n 50 says why it ended",
      },
    ]);
  });

  it("gives a unit time to start", () => {
    expect(judged({ "slurmctld.service": { ActiveState: "activating" } })).toMatchObject([
      { kind: "ok" },
    ]);
  });

  it("finds one that is not installed; without the timer the cluster works, and costs", () => {
    const gone = { LoadState: "not-found", ActiveState: "inactive", UnitFileState: "" };
    expect(judged({ "munge.service": gone, "citc-reconcile.timer": gone })).toMatchObject([
      { kind: "wrong", seen: "there is no munge.service: nobody can talk to Slurm" },
      { kind: "warning", seen: expect.stringContaining("they cost") as string },
    ]);
    expect(judgeUnits([])).toHaveLength(3);
  });

  it("warns of one that would not come back with the machine", () => {
    expect(judged({ "munge.service": { UnitFileState: "disabled" } })).toMatchObject([
      { kind: "warning", seen: "munge.service is disabled" },
    ]);
  });
});
