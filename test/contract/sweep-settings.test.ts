import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resultOf, type ProgramResult } from "./program-result.ts";
import { useRigs, type Rig } from "./rig.ts";
import { SweepWorld } from "./sweep-world.ts";

const createRig = useRigs();
const REPOSITORY = join(import.meta.dirname, "../..");
const CLUSTER = "mouse-1a2b3c4d";

/** As package.json has it, beside a cluster.yaml. */
async function npmRunSweep(rig: Rig, ...words: readonly string[]): Promise<ProgramResult> {
  const place = ["--endpoint", rig.api.url, "--oci-config", rig.path("oci/config")];
  const argv = ["--import", "tsx", "infra/destroy/sweep.ts", ...place, ...words];
  const env = {
    PATH: process.env["PATH"],
    HOME: rig.directory,
    TSX_DISABLE_CACHE: "1",
    CITC_CLUSTER_FILE: rig.path("cluster.yaml"),
  };
  return await resultOf(spawn(process.execPath, argv, { cwd: REPOSITORY, env, stdio: "pipe" }));
}

async function writeSettings(rig: Rig, name: string): Promise<void> {
  const lines = [
    `name: ${name}`,
    `region: ${rig.region.name}`,
    `compartment: ${rig.region.compartments[0]?.ocid ?? ""}`,
    "identity: { mode: existing }",
    "ssh_cidrs: [198.51.100.0/24]",
    "ssh_public_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDND3vvcuYsZi8w8fQjnZdAL2hqtfJCUaNpVRiH2l0ce]",
    "ansible: { repository: 'https://git.example/lab/citc.git', ref: v1 }",
  ];
  await writeFile(rig.path("cluster.yaml"), lines.join("\n"));
}

describe("npm run sweep beside a cluster.yaml", () => {
  it("takes from it where the cluster is, and says so", async () => {
    const rig = await createRig();
    const world = new SweepWorld(rig);
    world.launchNode(CLUSTER, "vm-a-0001");
    await writeSettings(rig, "mouse");
    const result = await npmRunSweep(rig, "--cluster", CLUSTER, "--dry-run");
    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    expect(result.stderr).toMatch(/^from \S*cluster\.yaml: --region \S+ --compartment ocid1\S+ --/);
    expect(result.stdout).toContain("vm-a-0001");
    expect(world.removals()).toEqual({});
  });

  it("takes nothing from that of another cluster, and hands on the exit status", async () => {
    const rig = await createRig();
    await writeSettings(rig, "rat");
    const result = await npmRunSweep(rig, "--cluster", CLUSTER);
    expect(result.stderr).toMatch(
      /cluster\.yaml is of rat, not of mouse-1a2b3c4d: nothing is taken from it\nsweep: expected --region/,
    );
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(rig.api.calls.since(0)).toEqual([]);
  });
});
