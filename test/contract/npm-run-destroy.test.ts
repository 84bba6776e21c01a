import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasTerraform } from "../has-terraform.ts";

const PROGRAM = resolve(import.meta.dirname, "../../infra/destroy/main.ts");
const TSX = resolve(import.meta.dirname, "../../node_modules/tsx/dist/loader.mjs");
/** A stack of Terraform's own resources: a file system, what it is named after, and what depends on it and goes. */
function stackOf(keep: boolean, stateFile: string) {
  const lifecycle = { prevent_destroy: keep };
  return {
    terraform: { backend: { local: { path: stateFile } } },
    resource: {
      terraform_data: {
        cluster: { lifecycle },
        file_system: { input: "${terraform_data.cluster.id}", lifecycle },
        network: { input: "${terraform_data.cluster.id}" },
        export: { input: ["${terraform_data.file_system.id}", "${terraform_data.network.id}"] },
        sweep: {
          input: "${terraform_data.network.id}",
          provisioner: [{ "local-exec": { when: "destroy", command: "echo swept > swept" } }],
        },
      },
    },
    output: {
      on_destroy: {
        value: `homes in \${terraform_data.file_system.id} ${keep ? "stay" : "go"}`,
      },
    },
  };
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-destroy-"));
  writeFileSync(join(directory, "terraformrc"), "");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function synthesize(keep: boolean): void {
  const stack = join(directory, "cdktf.out/stacks/lab");
  mkdirSync(stack, { recursive: true });
  const path = { workingDirectory: "stacks/lab", synthesizedStackPath: "stacks/lab/cdk.tf.json" };
  writeFileSync(
    join(directory, "cdktf.out/manifest.json"),
    JSON.stringify({ stacks: { lab: path } }),
  );
  writeFileSync(
    join(stack, "cdk.tf.json"),
    JSON.stringify(stackOf(keep, join(directory, "lab.tfstate"))),
  );
}

function run(command: string, ...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd: directory,
    encoding: "utf8",
    env: {
      ...process.env,
      HOME: directory,
      TF_CLI_CONFIG_FILE: join(directory, "terraformrc"),
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    },
  });
  return { status, output: stdout + stderr };
}

function terraform(...words: readonly string[]) {
  return run("terraform", `-chdir=${join(directory, "cdktf.out/stacks/lab")}`, ...words);
}

function destroy(...options: readonly string[]) {
  return run(process.execPath, "--import", TSX, PROGRAM, "-no-color", ...options);
}

function deploy(keep: boolean): void {
  synthesize(keep);
  expect(terraform("init").output).toContain("successfully initialized");
  expect(terraform("apply", "-auto-approve", "-no-color").output).toContain("Apply complete!");
}

function stateOf(name: string): unknown {
  const { resources } = JSON.parse(readFileSync(join(directory, "lab.tfstate"), "utf8")) as {
    resources: { name: string; instances: { attributes: { id: string } }[] }[];
  };
  return resources.find((resource) => resource.name === name)?.instances[0]?.attributes.id;
}

function namesInState(): string[] {
  const addresses = terraform("state", "list").output.split("\n");
  return addresses.filter((address) => address !== "").sort();
}

it("says that Terraform is missing, in one line", () => {
  synthesize(true);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", TSX, PROGRAM], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: "", HOME: directory },
  });
  expect(stderr).toBe("destroy: terraform is not on PATH; install Terraform 1.4 or later\n");
  expect({ status, stdout }).toEqual({ status: 127, stdout: "" });
});

const KEPT = ["terraform_data.cluster", "terraform_data.file_system"];

describe.skipIf(!hasTerraform())("npm run destroy, with real Terraform", () => {
  it("destroys everything when nothing is to be kept, and the plan says what is lost", () => {
    deploy(false);
    const fileSystem = stateOf("file_system");
    const { status, output } = destroy("-auto-approve");
    expect(output).toContain(`- on_destroy = "homes in ${String(fileSystem)} go" -> null`);
    expect(output).toContain("Destroy complete! Resources: 5 destroyed.");
    expect(status).toBe(0);
    expect(namesInState()).toEqual([]);
  });

  it("keeps the file system, sweeps, and the next deploy takes the file system again", () => {
    deploy(true);
    const fileSystem = stateOf("file_system");
    const { status, output } = destroy("-auto-approve");
    expect(output).toContain("Destroy complete! Resources: 3 destroyed.");
    expect(output).toContain(`terraform_data.file_system ${String(fileSystem)}\n`);
    expect(status).toBe(0);
    expect(namesInState()).toEqual(KEPT);
    expect(readFileSync(join(directory, "cdktf.out/stacks/lab/swept"), "utf8")).toBe("swept\n");

    const again = destroy("-auto-approve");
    expect(again).toMatchObject({ status: 0 });
    expect(again.output).toContain("Kept, and billed");
    expect(namesInState()).toEqual(KEPT);

    deploy(true);
    expect(stateOf("file_system")).toBe(fileSystem);
  });

  it("keeps what was deployed to go, when the settings have changed since", () => {
    deploy(false);
    synthesize(true);
    const { status, output } = destroy("-auto-approve");
    expect(output).toContain("Destroy complete! Resources: 3 destroyed.");
    expect(status).toBe(0);
    expect(namesInState()).toEqual(KEPT);
  });

  it("leaves it to Terraform to say that nothing was deployed", () => {
    synthesize(true);
    const { status, output } = destroy("-auto-approve");
    expect(output).toContain("No state file was found!");
    expect(output).not.toContain("main.ts");
    expect(status).toBe(1);
  });

  it("changes nothing without a yes", () => {
    deploy(true);
    const before = namesInState();
    expect(destroy("-input=false").status).not.toBe(0);
    expect(namesInState()).toEqual(before);
  });

  it("is needed then: Terraform itself refuses a destroy before anything goes", () => {
    deploy(true);
    const before = namesInState();
    const { status, output } = terraform("destroy", "-auto-approve", "-no-color");
    expect(output).toContain("lifecycle.prevent_destroy set");
    expect(output).toMatch(/- on_destroy = "homes in \S+ stay" -> null/);
    expect(status).toBe(1);
    expect(namesInState()).toEqual(before);
  });

  it("deletes what was kept once it is no longer to be kept", () => {
    deploy(true);
    destroy("-auto-approve");
    synthesize(false);
    const { output } = destroy("-auto-approve");
    expect(output).toMatch(/- on_destroy = "homes in \S+ go" -> null/);
    expect(output).toContain("Destroy complete! Resources: 2 destroyed.");
    expect(namesInState()).toEqual([]);
  });
});
