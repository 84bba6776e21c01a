import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasTerraform } from "../has-terraform.ts";
import { synthesize } from "../infra/synthesized.ts";
import { VARIANTS } from "../infra/test-settings.ts";

/** The provider has more than 100 MB; TF_PLUGIN_CACHE_DIR or a mirror in Terraform's configuration file saves that. */
const INIT_MS_MAX = 150_000;
const VALIDATE_MS_MAX = 60_000;
let directory: string;
/** Why nothing can be validated here. */
let obstacle: string | undefined;

function terraform(timeout: number, ...words: readonly string[]) {
  const { TF_CLI_CONFIG_FILE: configuration = "", ...environment } = process.env;
  const env = {
    ...environment,
    ...(existsSync(configuration) && { TF_CLI_CONFIG_FILE: configuration }),
    HOME: directory,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    TF_REGISTRY_DISCOVERY_RETRY: "0",
    TF_REGISTRY_CLIENT_TIMEOUT: "10",
  };
  const options = { cwd: directory, encoding: "utf8", timeout, env } as const;
  const { status, stdout, stderr } = spawnSync("terraform", words, options);
  return { status, output: `${stdout}${stderr}` };
}

function write(stack: unknown): void {
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(stack));
}

/** Installs what the stack requires, and has nothing else that could fail. */
function install(): string | undefined {
  const { required_providers } = synthesize().terraform ?? {};
  write({ terraform: { required_providers } });
  const words = ["init", "-backend=false", "-input=false", "-no-color"];
  const { status, output } = terraform(INIT_MS_MAX, ...words);
  if (status === 0) return undefined;
  return `the provider cannot be installed: ${/Error: .*/.exec(output)?.[0] ?? "the time was up"}`;
}

describe.skipIf(!hasTerraform())("terraform validate (needs it on PATH, and the provider)", () => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "citc-validate-"));
    obstacle = install();
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.for(VARIANTS)("takes the stack with %s", ([, changes], { skip }) => {
    if (obstacle !== undefined) skip(obstacle);
    write(synthesize(changes));
    const { status, output } = terraform(VALIDATE_MS_MAX, "validate", "-no-color");
    expect(output).toContain("The configuration is valid");
    expect(status).toBe(0);
  });
});
