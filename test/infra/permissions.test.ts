import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { CALLS, PLACES, permissionsIn } from "../../infra/permissions.ts";

const ROOT = join(import.meta.dirname, "../..");
const OCI = join(ROOT, "nodectl/oci");

/** Of the sweep, which runs with the credentials of whoever destroys the cluster. */
const OPERATOR_INTERFACES = new Set(["RemainsControl"]);
const OPERATOR_OPERATIONS = [
  ...["DeleteBootVolume", "GetBootVolume"],
  ...["ListImages", "GetImage", "DeleteImage"],
];

/** The methods of every interface of a source file that nodectl on the management node uses. */
function methodsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => !OPERATOR_INTERFACES.has(name.text))
    .flatMap(({ members }) => members.filter(ts.isMethodSignature))
    .map(({ name }) => name.getText(source));
}

/** The operations for which the adapters call the SDK's clients. */
function operationsOf(directory: string): Set<string> {
  const pattern =
    /\b(?:compute|network|storage|identity|limits|workRequests|text)\.((?:get|list|launch|terminate|capture|delete)[A-Z]\w+)\(/g;
  const text = readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("\n");
  return new Set(
    [...text.matchAll(pattern)].map(
      ([, name = ""]) => name.slice(0, 1).toUpperCase() + name.slice(1),
    ),
  );
}

describe("the table of permissions", () => {
  it("has a line for every method of every interface of the provider, and no other", () => {
    expect(Object.keys(CALLS).sort()).toEqual(methodsOf(join(OCI, "provider.ts")).sort());
  });

  it("names every operation that nodectl's code calls, and no other", () => {
    const named = Object.values(CALLS).flatMap((calls) => calls.map(({ operation }) => operation));
    expect([...new Set([...named, ...OPERATOR_OPERATIONS])].sort()).toEqual(
      [...operationsOf(OCI)].sort(),
    );
  });

  it("grants nothing that no call needs", () => {
    const granted = new Set([...permissionsIn("compartment"), ...permissionsIn("network")]);
    expect([...granted].sort()).toEqual(Object.keys(PLACES).sort());
  });
});

describe("the README", () => {
  const lines = readFileSync(join(ROOT, "infra/README.md"), "utf8").split("\n");

  it("has the same table", () => {
    const rows = Object.entries(CALLS).flatMap(([method, calls]) =>
      calls.map(
        ({ operation, permissions, basis }) =>
          `| ${[`\`${method}\``, operation, permissions.join(", "), basis].join(" | ")} |`,
      ),
    );
    const start = lines.findIndex((line) => /^\| Method of nodectl /.test(line));
    const unpadded = lines
      .slice(start + 2, start + 2 + rows.length + 1)
      .map((line) => line.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| "));
    expect(start).toBeGreaterThan(0);
    expect(unpadded).toEqual([...rows, ""]);
  });
});
