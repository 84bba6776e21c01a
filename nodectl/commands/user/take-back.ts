import { errorText } from "../../domain/error-text.ts";
import type { UserContext } from "./user-context.ts";

/** How to take back one thing that this run has made. */
export interface Made {
  readonly what: string;
  readonly takeBack: () => Promise<unknown>;
}

/**
 * The last thing first, up to the first that cannot be taken back: with all before it the same command can be run again, while an
 * entry that goes before its group or home would leave these in its way.
 * @returns what is left, the reason with the first
 */
export async function takeBack(
  { log }: Pick<UserContext, "log">,
  made: readonly Made[],
): Promise<readonly string[]> {
  const undone = made.toReversed();
  for (const [index, { what, takeBack: undo }] of undone.entries()) {
    try {
      await undo();
    } catch (error) {
      log.warn("could not take back", { action: "add", reason: `${what}: ${errorText(error)}` });
      const rest = undone.slice(index + 1).map((it) => it.what);
      return [`${what} (${errorText(error)})`, ...rest];
    }
  }
  return [];
}
