import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A line that another file of the folder takes the place of, at the same depth. It is Jinja's word for it, so that Ansible,
 * which writes the compute nodes' script, renders the same files; and a comment, so that shellcheck and YAML read them.
 */
const INCLUDE = /^( *)# \{% include "([a-z-]+\.sh)" %\}$/gm;

/** One includes another, which includes a third: no more. */
const DEPTH_MAX = 3;

/** The text of a file of userdata/, with what it includes. */
export function renderUserData(directory: string, name: string, depth = 0): string {
  if (depth > DEPTH_MAX) throw new Error(`userdata/${name} includes itself`);
  const text = readFileSync(join(directory, name), "utf8");
  return text.replaceAll(INCLUDE, (_line, indent: string, included: string) =>
    indented(renderUserData(directory, included, depth + 1), indent),
  );
}

function indented(text: string, indent: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `${indent}${line}`))
    .join("\n");
}
