import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads a command line strictly: an unknown option is an error.
 * @throws UsageError
 */
export function parseOptions<const Definition extends Options>(
  argv: readonly string[],
  options: Definition,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's message names the option; its second sentence is about escaping, which does not help here.
    throw new UsageError((error as Error).message.split(". ")[0], { cause: error });
  }
}
