import type { Config } from "../domain/config.ts";
import { formatProblem } from "../domain/problem.ts";
import type { Checked } from "../domain/result.ts";
import { CONFIG_FILE, readConfig } from "./config.ts";
import { withPaths } from "./path-options.ts";
import { CommandError } from "./run.ts";

/**
 * The value, or an error that lists everything that is wrong.
 * @throws CommandError
 */
export function valueOf<Value>(checked: Checked<Value>): Value {
  if (checked.kind === "valid") return checked.value;
  const lines = checked.problems.map(formatProblem);
  throw new CommandError(lines.length === 1 ? (lines[0] ?? "") : ["", ...lines].join("\n  "));
}

/**
 * The settings of startnode.yaml, with the paths that the command line gives.
 * @throws CommandError when the file cannot be used
 */
export async function loadConfig(
  given: Parameters<typeof withPaths>[1] & { config?: string | undefined },
): Promise<Config> {
  return withPaths(valueOf(await readConfig(given.config ?? CONFIG_FILE)), given);
}
