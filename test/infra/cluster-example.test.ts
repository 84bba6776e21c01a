import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KEYS, SETTINGS } from "../../infra/settings-file/table.ts";
import { writtenKeys } from "../../infra/settings-file/written-keys.ts";
import { rootOf } from "../../nodectl/domain/fields.ts";
import { ProblemCollector } from "../../nodectl/domain/problem-collector.ts";
import type { Setting } from "../../nodectl/domain/setting-readers.ts";
import { parsePositionedYaml } from "../../nodectl/files/positioned-yaml.ts";
import { MINIMAL, problemLines, PUBLIC_KEY, valid } from "./settings-fixture.ts";

const EXAMPLE = readFileSync(join(import.meta.dirname, "../../infra/cluster.example.yaml"), "utf8");

const FILLED_IN = EXAMPLE.replace("\nregion:\n", "\nregion: uk-london-1\n")
  .replace("\ncompartment:\n", "\ncompartment: ocid1.compartment.oc1..aaaa\n")
  .replace("\ntenancy:\n", "\ntenancy: ocid1.tenancy.oc1..tttt\n")
  .replace("\nssh_public_keys:\n  -\n", `\nssh_public_keys:\n  - ${PUBLIC_KEY}\n`)
  .replace("\nssh_cidrs:\n  -\n", "\nssh_cidrs:\n  - 198.51.100.0/24\n");

/** `#key: value` is a setting, `# Words` are words. */
const ALL_KEYS = FILLED_IN.replace(/^( *)#(?=[a-z])/gm, "$1");

describe("cluster.example.yaml", () => {
  it("asks for what must be filled in, and for nothing else", () => {
    const keys = problemLines(EXAMPLE).map((line) => /: ([a-z_]+): /.exec(line)?.[1]);
    expect(keys).toEqual(["region", "compartment", "tenancy", "ssh_public_keys", "ssh_cidrs"]);
  });

  it("is valid once that is filled in, and changes no default", () => {
    expect(valid(FILLED_IN)).toEqual(valid(MINIMAL));
  });

  it("has every key, with its default or a value that fits, in the order of the table", () => {
    const root = parsePositionedYaml(ALL_KEYS, "example");
    if (root.kind === "invalid") throw new Error(JSON.stringify(root.problems));
    const problems = new ProblemCollector("example");
    const written = writtenKeys(rootOf(root.value), KEYS, problems);
    expect([...written.keys()]).toEqual(KEYS);
    for (const [key, located] of written) {
      const setting = SETTINGS[key as keyof typeof SETTINGS] as Setting<unknown>;
      const value = setting.read(located, problems);
      if (setting.absent !== "required" && setting.absent.value !== undefined) {
        expect(value, key).toEqual(setting.absent.value);
      }
    }
    expect(problems.problems).toEqual([]);
  });

  it("gives the sizes and the shape that the management node has by default", () => {
    const shown = ALL_KEYS.replace(/^ {2}(vcn|\w+_subnet):.*\n/gm, "").replace(
      /^ansible:$(\n .*)*/m,
      "",
    );
    expect(valid(shown).settings.management).toEqual({
      ...valid(MINIMAL).settings.management,
      imageOcid: "ocid1.image.oc1.uk-london-1.aaaa",
    });
  });
});
