import { spawnSync, type StdioOptions } from "node:child_process";
import { resolve } from "node:path";
import { readIds } from "./state-ids.ts";
import { readSynthesizedStack } from "./synthesized-stack.ts";
import { planDestroy } from "./targets.ts";

/** As CDKTF looks for it. */
const terraform = process.env["TERRAFORM_BINARY_NAME"] ?? "terraform";
const { directory, kept } = readSynthesizedStack(resolve("cdktf.out"));

/** Of the state as JSON: some 200 resources, the user data included. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** As a shell ends then. */
const NOT_FOUND = 127;

const WHAT_NEXT = `The next "npx cdktf deploy" here takes it again. To delete it, write keep_file_system: false into cluster.yaml
and run "npx cdktf destroy".
`;

process.exitCode = destroy(process.argv.slice(2));

/** @returns the exit status of Terraform, which asks before it destroys anything */
function destroy(options: readonly string[]): number {
  const initialised = run(["init", "-input=false"]);
  if (initialised !== 0) return initialised;
  const { status, output } = ask(["state", "list"]);
  if (status !== 0) return status;
  const plan = planDestroy(output.split("\n").filter(isAddress), kept);
  switch (plan.kind) {
    case "everything":
      return run(["destroy", ...options]);
    case "nothing-left":
      return sayWhatIsKept();
    case "only": {
      const destroyed = run(["destroy", ...plan.targets.map(asTarget), ...options]);
      return destroyed === 0 ? sayWhatIsKept() : destroyed;
    }
  }
}

/** With the terminal, so that Terraform can ask. */
function run(words: readonly string[]): number {
  return start(words, "inherit").status;
}

/** Terraform says by itself what is wrong. */
function ask(words: readonly string[]): { readonly status: number; readonly output: string } {
  return start(words, ["ignore", "pipe", "inherit"]);
}

function start(words: readonly string[], stdio: StdioOptions) {
  const options = { stdio, encoding: "utf8", maxBuffer: OUTPUT_BYTES_MAX } as const;
  const ended = spawnSync(terraform, [`-chdir=${directory}`, ...words], options);
  const { status, error, signal, stdout } = ended;
  if (isNotFound(error)) {
    process.stderr.write(`destroy: ${terraform} is not on PATH; install Terraform 1.4 or later\n`);
    return { status: NOT_FOUND, output: "" };
  }
  if (error !== undefined) throw new Error(`${terraform} cannot be run`, { cause: error });
  if (status === null) throw new Error(`${terraform} was ended by ${String(signal)}`);
  return { status, output: stdout };
}

function isNotFound(error: Error | undefined): boolean {
  return error !== undefined && "code" in error && error.code === "ENOENT";
}

function isAddress(line: string): boolean {
  return line !== "";
}

function asTarget(address: string): string {
  return `-target=${address}`;
}

/** What is kept is named by its OCID too, as the state has it. */
function sayWhatIsKept(): number {
  const { status, output } = ask(["show", "-json"]);
  if (status !== 0) return status;
  const ids = readIds(output);
  const lines = kept.map((address) => `  ${address} ${ids.get(address) ?? "(not in the state)"}\n`);
  process.stdout.write(
    `\nKept, and billed for what is stored in it:\n${lines.join("")}${WHAT_NEXT}`,
  );
  return 0;
}
