import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { machineChecks } from "../../../../nodectl/commands/doctor/machine-checks.ts";
import { formatPause } from "../../../../nodectl/domain/pause.ts";
import { DoctorRig, findingsOf } from "./doctor-rig.ts";

let rig: DoctorRig;

beforeEach(() => {
  rig = new DoctorRig();
});
afterEach(() => {
  rig.end();
});

function found(...ids: readonly string[]) {
  return findingsOf(machineChecks(rig.context()), ...ids);
}

/** SlurmUser may not do this to any path that ends so. */
function refuse(access: string, ending: string): void {
  rig.machine = {
    ...rig.machine,
    refusedTo: (_, asked, paths) => {
      const refused = paths.filter((path) => asked === access && path.endsWith(ending));
      return Promise.resolve({ kind: "asked", refused });
    },
  };
}

describe("machineChecks()", () => {
  it("find nothing wrong with a machine in order", async () => {
    const findings = await found(
      "user",
      "settings",
      "shared",
      "set-up",
      "boot-files",
      "log",
      "run-files",
      "munge",
    );
    expect(findings.filter(({ kind }) => kind !== "ok")).toEqual([]);
  });

  it("warn that others than root do not see everything, and then leave it out", async () => {
    rig.changes = { isRoot: false };
    expect(await found("user", "log", "run-files")).toMatchObject([
      { kind: "warning", fix: expect.stringMatching(/^sudo citc doctor/) as string },
      { kind: "skipped" },
      { kind: "skipped" },
    ]);
  });

  it("find what startnode could not read as Slurm's user", async () => {
    refuse("read", "bootstrap.sh");
    expect(await found("boot-files")).toMatchObject([
      { kind: "wrong", seen: `slurm may not read ${join(rig.root, "bootstrap.sh")}` },
      { kind: "ok" },
    ]);
  });

  it("find that there is no such user", async () => {
    rig.machine = {
      ...rig.machine,
      refusedTo: () =>
        Promise.resolve({ kind: "failed", message: "setpriv: failed to parse reuid" }),
    };
    expect(await found("log")).toMatchObject([
      { kind: "wrong", seen: "cannot act as slurm: setpriv: failed to parse reuid" },
    ]);
  });

  it("find a boot script or keys that are not there", async () => {
    rig.remove("keys");
    expect(await found("boot-files")).toMatchObject([
      { kind: "wrong", fix: "run the playbook, or set ssh_keys_file in startnode.yaml" },
    ]);
    rig.remove("bootstrap.sh");
    expect(await found("boot-files")).toMatchObject([
      { kind: "wrong", fix: "run the playbook, or set user_data_file in startnode.yaml" },
    ]);
  });

  it("find that the shared file system is not mounted, or cannot be written to", async () => {
    rig.machine = {
      ...rig.machine,
      tryToWrite: () => Promise.resolve({ kind: "failed", message: "EROFS" }),
    };
    expect(await found("shared")).toMatchObject([
      { kind: "wrong", seen: `cannot write to ${join(rig.root, "shared")}: EROFS` },
    ]);
    rig.machine = { ...rig.machine, mounts: () => Promise.resolve([]) };
    expect(await found("shared")).toMatchObject([
      { kind: "wrong", seen: expect.stringContaining("no shared file system") as string },
    ]);
  });

  it("find a machine that the playbook has not finished", async () => {
    rig.remove("finalised/mgmt");
    expect(await found("set-up")).toMatchObject([
      { kind: "wrong", fix: expect.stringContaining("ansible-pull.log") as string },
    ]);
  });

  it("find a log that Slurm's user may not write, or has no directory", async () => {
    refuse("write", "elastic.log");
    expect(await found("log")).toMatchObject([
      { kind: "wrong", fix: `chown slurm: ${join(rig.root, "log/elastic.log")}` },
    ]);
    rig.remove("log");
    expect(await found("log")).toMatchObject([
      { kind: "wrong", fix: `install --directory --owner=slurm ${join(rig.root, "log")}` },
    ]);
  });

  it("look at the log's directory while there is no log", async () => {
    rig.remove("log/elastic.log");
    refuse("write", "/log");
    expect(await found("log")).toMatchObject([
      { kind: "wrong", seen: `slurm may not write to ${join(rig.root, "log")}` },
    ]);
  });

  it("warn that the memory of capacities has no directory, or root's is open to others", async () => {
    rig.remove("run/slurm");
    chmodSync(join(rig.root, "run"), 0o777);
    expect(await found("run-files")).toMatchObject([
      { kind: "warning", seen: `${join(rig.root, "run")} is not root's alone` },
      {
        kind: "warning",
        fix: expect.stringMatching(/^install --directory --owner=slurm/) as string,
      },
    ]);
  });

  it("find that munge gives no credential", async () => {
    const message = "munge: Error: Failed to access socket";
    rig.machine = { ...rig.machine, tryMunge: () => Promise.resolve({ kind: "failed", message }) };
    expect(await found("munge")).toMatchObject([
      {
        kind: "wrong",
        seen: message,
        fix: expect.stringMatching(/^systemctl restart munge/) as string,
      },
    ]);
  });

  it("leave units out where there is no systemd, and judge them where there is", async () => {
    expect(await found("units")).toMatchObject([{ kind: "skipped" }]);
    rig.machine = {
      ...rig.machine,
      unitStates: () => Promise.resolve({ kind: "asked", states: [] }),
    };
    expect(await found("units")).toMatchObject([
      { kind: "wrong" },
      { kind: "wrong" },
      { kind: "warning" },
    ]);
    const message = "Failed to connect to bus";
    rig.machine = {
      ...rig.machine,
      unitStates: () => Promise.resolve({ kind: "failed", message }),
    };
    expect(await found("units")).toMatchObject([{ kind: "wrong", seen: message }]);
  });

  it("warn of a pause of launching, with who, since when and why, and how it ends", async () => {
    expect(await found("pause")).toMatchObject([{ kind: "ok", seen: "launching is not paused" }]);
    rig.write("paused", formatPause({ who: "ann", sinceMs: 0, reason: "the region is ill" }));
    expect(await found("pause")).toMatchObject([
      {
        kind: "warning",
        seen: expect.stringMatching(
          /^launching is paused by ann since 19(70|69)-.*: the region is ill$/,
        ) as string,
        fix: expect.stringMatching(/^sudo citc resume/) as string,
      },
    ]);
  });

  it("leave metrics out where there is no node exporter, unless the settings name their file", async () => {
    expect(await found("metrics")).toMatchObject([{ kind: "skipped" }]);
    rig.changes = { isMetricsFileSet: true };
    const directory = join(rig.root, "exporter");
    expect(await found("metrics")).toMatchObject([
      { kind: "warning", fix: `mkdir -p ${directory}` },
    ]);
    rig.write("exporter/other.prom", "");
    expect(await found("metrics")).toEqual([
      { kind: "ok", seen: `root may write to ${directory}` },
    ]);
  });

  it("try to write where the directory for consoles is, or will be made", async () => {
    expect(await found("consoles")).toEqual([
      { kind: "ok", seen: `root may write to ${join(rig.root, "log")}` },
    ]);
    rig.write("log/consoles/.keep", "");
    const message = "EROFS";
    rig.machine = {
      ...rig.machine,
      tryToWrite: () => Promise.resolve({ kind: "failed", message }),
    };
    const directory = join(rig.root, "log/consoles");
    expect(await found("consoles")).toMatchObject([
      { kind: "wrong", seen: `cannot write to ${directory}: EROFS` },
    ]);
    rig.remove("log/consoles");
    rig.write("log/consoles", "");
    expect(await found("consoles")).toMatchObject([
      { kind: "wrong", seen: `${directory} is no directory` },
    ]);
  });

  it("try nothing as root that others cannot see", async () => {
    rig.changes = { isRoot: false };
    expect(await found("consoles")).toMatchObject([{ kind: "skipped" }]);
  });

  it("measure the disks", async () => {
    expect(await found("space")).not.toEqual([]);
  });

  it("find programs that are not there", async () => {
    rig.write("shared/slurm.conf", "ResumeProgram=/nowhere/startnode\n");
    expect(await found("programs")).toContainEqual({
      kind: "wrong",
      seen: "/nowhere/startnode is not there",
      fix: "/nowhere/startnode: unpack the nodectl archive into / again",
    });
  });
});
