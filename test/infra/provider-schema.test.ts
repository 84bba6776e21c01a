import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findSchemaProblems, type ProviderSchema } from "./schema-check.ts";
import { findReferenceProblems } from "./schema-references.ts";
import { synthesize } from "./synthesized.ts";
import { VARIANTS } from "./test-settings.ts";

/**
 * Made by `terraform providers schema -json` with oracle/oci 8.28.0; too large for the repository. It lies beside the
 * clone, and a worktree of git finds its clone's.
 */
const SCHEMA_FILE = join(
  execFileSync("git", ["rev-parse", "--path-format=absolute", "--git-common-dir"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  }).trim(),
  "../../shared/oci-provider-schema.json",
);

function readSchema(): ProviderSchema {
  const { provider_schemas } = JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as {
    provider_schemas: Record<string, ProviderSchema | undefined>;
  };
  const schema = provider_schemas["registry.terraform.io/oracle/oci"];
  if (schema === undefined) throw new Error(`${SCHEMA_FILE} has no schema of oracle/oci`);
  return schema;
}

describe.skipIf(!existsSync(SCHEMA_FILE))("the stack, by the schema of oracle/oci", () => {
  it.each(VARIANTS)("with %s has nothing that the provider would not take", (_, settings) => {
    const [stack, schema] = [synthesize(settings), readSchema()];
    expect([...findSchemaProblems(stack, schema), ...findReferenceProblems(stack, schema)]).toEqual(
      [],
    );
  });
});
