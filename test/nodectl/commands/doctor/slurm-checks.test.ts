import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slurmChecks } from "../../../../nodectl/commands/doctor/slurm-checks.ts";
import type { DoctorContext } from "../../../../nodectl/commands/doctor/doctor-context.ts";
import { DoctorRig, findingsOf } from "./doctor-rig.ts";
import { slurmError } from "../slurm-error.ts";

let rig: DoctorRig;

beforeEach(() => {
  rig = new DoctorRig();
});
afterEach(() => {
  rig.end();
});

const NODES_FILE = { version: 1, generation: "0123456789ab", clusterId: "lab", groups: [] };

function found(...ids: readonly string[]) {
  return findingsOf(slurmChecks(rig.context()), ...ids);
}

function withSlurm(slurm: Partial<DoctorContext["slurm"]>): void {
  rig.changes = { slurm: { ...rig.context().slurm, ...slurm } };
}

function refused(): Promise<never> {
  return Promise.reject(slurmError());
}

describe("slurmChecks()", () => {
  it("let Slurm's own parser judge slurm.conf", async () => {
    expect(await found("slurm-conf")).toMatchObject([{ kind: "ok" }]);
    const message = "Parsing error at unrecognized key: TreeWdith";
    rig.changes = { checkSlurmConf: () => Promise.resolve({ kind: "invalid", message }) };
    expect(await found("slurm-conf")).toMatchObject([{ kind: "wrong", seen: message }]);
  });

  it("find that nothing is included, or that scontrol does not run", async () => {
    rig.changes = { checkSlurmConf: refused };
    expect(await found("slurm-conf")).toMatchObject([{ kind: "wrong", seen: "scontrol: no" }]);
    rig.remove("shared/slurm.conf");
    expect(await found("slurm-conf")).toMatchObject([
      { kind: "wrong", seen: expect.stringMatching(/slurm\.conf is not there$/) as string },
    ]);
  });

  it("judge the files of finish", async () => {
    expect(await found("generation")).toMatchObject([{ kind: "skipped" }]);
    rig.write("shared/nodes.json", JSON.stringify(NODES_FILE));
    expect(await found("generation")).toMatchObject([
      { kind: "wrong", seen: expect.stringContaining("one run of finish") as string },
    ]);
    rig.write("shared/nodes.json", "{");
    expect(await found("generation")).toMatchObject([{ kind: "wrong" }]);
  });

  it("find a slurmctld that does not answer, and a scontrol that is not there", async () => {
    expect(await found("slurmctld")).toEqual([{ kind: "ok", seen: "answers (Slurm 24.11.5)" }]);
    withSlurm({ isAnswering: () => Promise.resolve(false) });
    expect(await found("slurmctld")).toMatchObject([
      { kind: "wrong", fix: expect.stringMatching(/^systemctl restart slurmctld/) as string },
    ]);
    withSlurm({ version: refused });
    expect(await found("slurmctld")).toMatchObject([{ kind: "wrong", seen: "scontrol: no" }]);
  });

  it("compare nothing before the first run of finish", async () => {
    expect(await found("slurm-settings")).toMatchObject([{ kind: "skipped" }]);
  });

  it("compare what slurmctld runs with to limits.yaml and the files", async () => {
    rig.write("shared/nodes.json", JSON.stringify(NODES_FILE));
    rig.write("limits.yaml", "VM.Standard2.1: 1\n");
    const running = new Map([
      ["HASH_VAL", "Different Ours=1 Slurmctld=2"],
      ["ReturnToService", "0"],
    ]);
    withSlurm({ runningSettings: () => Promise.resolve(running) });
    const findings = await found("slurm-settings");
    expect(findings[0]).toMatchObject({
      kind: "warning",
      fix: expect.stringMatching(/^scontrol reconfigure/) as string,
    });
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: "wrong", seen: "ReturnToService is 0, not 2" }),
    );
    withSlurm({ runningSettings: refused });
    expect(await found("slurm-settings")).toMatchObject([{ kind: "wrong", seen: "scontrol: no" }]);
  });

  it("warn that limits.yaml cannot be read, which tells what is wanted", async () => {
    rig.write("shared/nodes.json", JSON.stringify(NODES_FILE));
    rig.write("limits.yaml", "VM.Standard2.1: many\n");
    expect(await found("slurm-settings")).toMatchObject([
      { kind: "warning", fix: "finish --dry-run says all that is wrong with it" },
    ]);
    rig.remove("limits.yaml");
    expect(await found("slurm-settings")).toMatchObject([
      { kind: "warning", seen: expect.stringContaining("there is no such file") as string },
    ]);
  });
});
