import { expandHostlist } from "../domain/hostlist.ts";
import { UsageError } from "./options.ts";

/**
 * The node names of the one argument that Slurm gives to its power programs: a hostlist expression.
 * @throws UsageError
 */
export function nodeNamesOf(positionals: readonly string[]): readonly string[] {
  const [hostlist, extra] = positionals;
  if (hostlist === undefined || hostlist === "") {
    throw new UsageError(
      "expected a hostlist of node names, such as 'vm-standard2-1-ad1-[0001-0003]'",
    );
  }
  if (extra !== undefined) {
    throw new UsageError(
      `expected one hostlist, got a second argument ${JSON.stringify(extra)}; join names with commas and quote brackets`,
    );
  }
  const expanded = expandHostlist(hostlist);
  if (expanded.kind === "invalid") {
    throw new UsageError(`${JSON.stringify(hostlist)} is not a hostlist: ${expanded.message}`);
  }
  return [...new Set(expanded.value)];
}
