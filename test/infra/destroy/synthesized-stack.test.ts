import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSynthesizedStack } from "../../../infra/destroy/synthesized-stack.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "citc-synthesized-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** As CDKTF lays it out. */
function write(names: readonly string[], resource: object = {}): void {
  const stacks = names.map((name) => {
    const workingDirectory = join("stacks", name);
    const synthesizedStackPath = join(workingDirectory, "cdk.tf.json");
    mkdirSync(join(directory, workingDirectory), { recursive: true });
    writeFileSync(join(directory, synthesizedStackPath), JSON.stringify({ resource }));
    return [name, { workingDirectory, synthesizedStackPath }] as const;
  });
  const manifest = { version: "0.21.0", stacks: Object.fromEntries(stacks) };
  writeFileSync(join(directory, "manifest.json"), JSON.stringify(manifest));
}

describe("readSynthesizedStack()", () => {
  it("names what has prevent_destroy, and where Terraform is to be run", () => {
    write(["lab"], {
      oci_core_vcn: { vcn: {}, other: { lifecycle: { ignore_changes: ["display_name"] } } },
      terraform_data: {
        kept: { lifecycle: { prevent_destroy: true } },
        gone: { lifecycle: { prevent_destroy: false } },
      },
    });
    expect(readSynthesizedStack(directory)).toEqual({
      directory: join(directory, "stacks/lab"),
      kept: ["terraform_data.kept"],
    });
  });

  it.each([[[]], [["lab", "old"]]])("does not guess which stack is meant: %j", (names) => {
    write(names);
    expect(() => readSynthesizedStack(directory)).toThrow(
      `${directory} has ${names.length} stacks where one is expected: remove it and try again`,
    );
  });
});
