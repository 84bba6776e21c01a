import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveWarnings } from "../../infra/archive-warnings.ts";
import { expectArchive } from "../../nodectl/build/build.ts";
import { formatProblem } from "../../nodectl/domain/problem.ts";
import { MINIMAL, PUBLIC_KEY } from "../infra/settings-fixture.ts";
import { secretsIn } from "../infra/secrets.ts";

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

/** What is said of this repository's own dist/, where somebody may or may not have built. */
async function archiveLines(architecture: "x64" | "arm64"): Promise<string> {
  const expected = await expectArchive(ROOT, architecture);
  const warnings = await archiveWarnings(expected, relative(ROOT, expected.archive));
  return warnings.map((problem) => `warning: ${formatProblem(problem)}\n`).join("");
}

async function filesBelow(folder: string): Promise<(readonly [name: string, text: string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path), await readFile(path, "utf8")] as const;
    }),
  );
}

describe("npm run synth", () => {
  it("writes the stack, with the state beside cluster.yaml, and needs no credentials", async () => {
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    expect(await synth({})).toEqual({ status: 0, stdout: "", stderr: await archiveLines("x64") });
    const file = join(directory, "out/stacks/tidy/cdk.tf.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      terraform: { backend: { local: { path: join(directory, "terraform.tidy.tfstate") } } },
      provider: { oci: [{ region: "uk-london-1", config_file_profile: "DEFAULT" }] },
    });
    const manifest = await readFile(join(directory, "out/manifest.json"), "utf8");
    expect(Object.keys((JSON.parse(manifest) as { stacks: object }).stacks)).toEqual(["tidy"]);
  });

  it("writes no secret, although the operator has some", async () => {
    const key = ["-----BEGIN RSA PRIVATE", "KEY-----\nMIIEowIBAAKCAQEAoperator\n"].join(" ");
    await mkdir(join(directory, ".oci"));
    await writeFile(join(directory, ".oci/key.pem"), key);
    const profile = `[DEFAULT]\nkey_file=~/.oci/key.pem\nfingerprint=12:34:ab\npass_phrase=xyzzy77\n`;
    await writeFile(join(directory, ".oci/config"), profile);
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    const { status } = await synth({ TF_VAR_api_key: "plugh88", OCI_CLI_PASSPHRASE: "plover99" });
    expect(status).toBe(0);
    const files = await filesBelow(join(directory, "out"));
    expect(files.map(([name]) => name)).toContain("stacks/tidy/cdk.tf.json");
    for (const [name, text] of files) {
      expect(secretsIn(text, name)).toEqual([]);
      if (name.endsWith(".json")) expect(secretsIn(JSON.parse(text), name)).toEqual([]);
      expect(text).not.toMatch(/operator|12:34:ab|xyzzy77|plugh88|plover99/);
    }
  });

  it("prints warnings and goes on", async () => {
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    const { status, stderr } = await synth({ CITC_SSH_CIDRS: "0.0.0.0/0" });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: CITC_SSH_CIDRS: 0\.0\.0\.0\/0: this lets the whole internet/);
  });

  it("warns of an archive that is not built, of the architecture that the cluster needs", async () => {
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    const { stderr } = await synth({ CITC_MANAGEMENT_SHAPE: "BM.Standard.A1.160" });
    expect(stderr).toBe(await archiveLines("arm64"));
  });

  it("says in one line what is more than OCI takes, and writes no stack", async () => {
    const comment = "x".repeat(3_800);
    const keys = Array.from({ length: 10 }, (_, index) => `${PUBLIC_KEY}-${index}-${comment}`).join(
      ",",
    );
    await writeFile(join(directory, "cluster.yaml"), MINIMAL + ANSIBLE);
    const { status, stdout, stderr } = await synth({ CITC_SSH_PUBLIC_KEYS: keys });
    const file = join(directory, "cluster.yaml");
    const said = stderr.replace(await archiveLines("x64"), "");
    expect(said.startsWith(`${file}: ssh_public_keys: with user data and facts they make `)).toBe(
      true,
    );
    expect(said.endsWith("; write fewer or shorter keys\n")).toBe(true);
    expect(said.split("\n")).toHaveLength(2);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(await readdir(join(directory, "out"), { recursive: true })).not.toContain(
      "manifest.json",
    );
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
