import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { formatProblem } from "../../nodectl/domain/problem.ts";
import { readGitCheckout } from "../git-checkout.ts";
import { readSettings } from "../settings-file.ts";
import { FILE_VARIABLE } from "../settings-file/environment.ts";
import { completeArguments } from "./sweep-arguments.ts";

// `npm run sweep`: nodectl's program, told by cluster.yaml where the cluster is. The destroy starts that program itself.

const ROOT = join(import.meta.dirname, "../..");
const PROGRAM = ["--import", "tsx", join(ROOT, "nodectl/bin/sweep.ts")];

process.exitCode = await sweep(process.argv.slice(2));

async function sweep(argv: readonly string[]): Promise<number> {
  const words = [...PROGRAM, ...argv, ...(await optionsOf(argv))];
  const { status, error } = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (error !== undefined) throw new Error("the sweep cannot be started", { cause: error });
  return status ?? 1;
}

/** What cluster.yaml adds to the command line, and why when it adds nothing. */
async function optionsOf(argv: readonly string[]): Promise<readonly string[]> {
  const file = resolve(process.env[FILE_VARIABLE] ?? join(ROOT, "cluster.yaml"));
  if (!existsSync(file) || argv.includes("--help")) return [];
  const name = relative(process.cwd(), file);
  const checkout = await readGitCheckout(ROOT, process.env);
  const checked = await readSettings(name, { environment: process.env, checkout });
  if (checked.kind === "invalid") {
    return say([...checked.problems.map(formatProblem), `nothing is taken from ${name}`]);
  }
  const { settings } = checked.value;
  const completed = completeArguments(argv, settings);
  switch (completed.kind) {
    case "added":
      if (completed.options.length > 0) say([`from ${name}: ${completed.options.join(" ")}`]);
      return completed.options;
    case "other-cluster":
      return say([
        `${name} is of ${settings.name}, not of ${completed.clusterId}: nothing is taken from it`,
      ]);
  }
}

function say(lines: readonly string[]): readonly string[] {
  process.stderr.write(lines.map((line) => `${line}\n`).join(""));
  return [];
}
