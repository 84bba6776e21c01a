import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MINIMAL } from "./settings-fixture.ts";

// The program as npm and cdktf start it: a process, its exit status, and what it prints.
const ROOT = join(import.meta.dirname, "../..");
const ANSIBLE = "ansible: { repository: 'https://git.example/x', ref: v1 }\n";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "synth-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function synth(environment: Record<string, string>, ...words: string[]): Promise<Ended> {
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    TSX_DISABLE_CACHE: "1",
    CITC_CLUSTER_FILE: join(directory, "cluster.yaml"),
    CDKTF_OUTDIR: join(directory, "out"),
    ...environment,
  };
  const program = ["--import", "tsx", join(ROOT, "infra/main.ts"), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("npm run synth", () => {
  it("writes the stack, with the state beside cluster.yaml, and needs no credentials", async () => {
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    expect(await synth({})).toEqual({ status: 0, stdout: "", stderr: "" });
    const file = join(directory, "out/stacks/tidy/cdk.tf.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      terraform: { backend: { local: { path: join(directory, "terraform.tidy.tfstate") } } },
      provider: { oci: [{ region: "uk-london-1", config_file_profile: "DEFAULT" }] },
    });
    const manifest = await readFile(join(directory, "out/manifest.json"), "utf8");
    expect(Object.keys((JSON.parse(manifest) as { stacks: object }).stacks)).toEqual(["tidy"]);
  });

  it("prints warnings and goes on", async () => {
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    const { status, stderr } = await synth({ CITC_SSH_CIDRS: "0.0.0.0/0" });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: CITC_SSH_CIDRS: 0\.0\.0\.0\/0: this lets the whole internet/);
  });

  it("prints all that is wrong, writes nothing, and fails", async () => {
    const text = `${MINIMAL}${ANSIBLE}regoin: x\nkeep_file_system: perhaps\n`;
    await writeFile(join(directory, "cluster.yaml"), text);
    const { status, stdout, stderr } = await synth({});
    const file = join(directory, "cluster.yaml");
    expect(stderr).toBe(
      `${file}:8: regoin: this key is not known; did you mean region?\n` +
        `${file}:9: keep_file_system: perhaps: this is not a choice; write true or false\n`,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(await readdir(directory)).toEqual(["cluster.yaml"]);
  });

  it("names the example when there is no file", async () => {
    const { status, stderr } = await synth({});
    const file = join(directory, "cluster.yaml");
    expect(stderr).toBe(
      `${file}: there is no such file; \`cp infra/cluster.example.yaml ${file}\` makes one to edit\n`,
    );
    expect(status).toBe(1);
  });

  it("explains itself, in 79 columns", async () => {
    const { status, stdout } = await synth({}, "--help");
    expect(status).toBe(0);
    expect(stdout).toContain("cp infra/cluster.example.yaml cluster.yaml");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(79);
  });

  it("refuses options that it does not know", async () => {
    const { status, stderr } = await synth({}, "--froce");
    expect(status).toBe(2);
    expect(stderr).toBe("synth: Unknown option '--froce'\nTry `npm run synth -- --help`.\n");
  });
});
