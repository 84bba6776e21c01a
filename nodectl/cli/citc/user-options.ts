import { isUserName } from "../../domain/user/user-name.ts";
import { UsageError } from "../options.ts";

/**
 * The one name that stands after the verb.
 * @throws UsageError
 */
export function nameOf(verb: string, positionals: readonly string[]): string {
  const [name, extra] = positionals;
  if (name === undefined) throw new UsageError(`expected the user's name: citc user ${verb} NAME`);
  if (extra !== undefined)
    throw new UsageError(
      `expected one name, got a second: ${JSON.stringify(extra)}; quote what has blanks`,
    );
  return name;
}

/**
 * The same, of somebody who is there already.
 * @throws UsageError
 */
export function knownNameOf(verb: string, positionals: readonly string[]): string {
  const name = nameOf(verb, positionals);
  if (isUserName(name)) return name;
  throw new UsageError(`${JSON.stringify(name.slice(0, 60))} cannot be a user's name`);
}
