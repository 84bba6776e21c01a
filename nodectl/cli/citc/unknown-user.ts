import { nearestNames } from "../../domain/edit-distance.ts";
import { CommandError } from "../run.ts";

/** Says whom a person may have meant. */
export function unknownUser(name: string, known: readonly string[]): CommandError {
  const near = nearestNames(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "see 'citc user list'";
  return new CommandError(`there is no user ${name}; ${hint}`);
}
