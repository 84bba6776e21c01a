import { decideAdd, type UserRequest } from "../../domain/user/decide-add.ts";
import type { Problem } from "../../domain/problem.ts";
import { problemOf } from "../../domain/user/import-file.ts";
import type { addUser } from "./add-user.ts";
import { type AddUserOutcome } from "./add-user.ts";
import { checkSides, lookAtAll, sightOf } from "./look-at-user.ts";
import type { UserContext } from "./user-context.ts";

/** A row whose keys have been read. */
export interface ImportRequest extends UserRequest {
  readonly line: number;
}

/** The numbers that rows name: the others get none of them. */
export function askedForBy(requests: readonly ImportRequest[]): readonly number[] {
  return requests.flatMap(({ number }) => number ?? []);
}

/**
 * What is against single rows, before anything is made; empty when nothing is.
 * @throws DirectoryError, HomeDirectoryError, SlurmCommandError: no row could be made now
 */
export async function checkImport(
  context: UserContext,
  file: string,
  requests: readonly ImportRequest[],
): Promise<readonly Problem[]> {
  const [first] = requests;
  if (first !== undefined) await checkSides(context, first.name);
  const all = await lookAtAll(context);
  const askedFor = askedForBy(requests);
  const problems: Problem[] = [];
  for (const request of requests) {
    const { name } = request;
    const decision = decideAdd(request, await sightOf(context, all, { name, askedFor }));
    if (decision.kind !== "refuse") continue;
    problems.push(problemOf(file, decision.message, request.line));
  }
  return problems;
}

export type ImportOutcome =
  | { readonly kind: "done" }
  /** The rows before it are done, and those after it were not tried. */
  | { readonly kind: "stopped"; readonly at: ImportRequest; readonly outcome: AddUserOutcome };

/** Row after row; the first that fails ends it, for what failed there most likely fails everywhere. */
export async function importUsers(
  add: (request: ImportRequest) => ReturnType<typeof addUser>,
  requests: readonly ImportRequest[],
  onRow: (request: ImportRequest, outcome: AddUserOutcome) => void,
): Promise<ImportOutcome> {
  for (const request of requests) {
    const outcome = await add(request);
    onRow(request, outcome);
    if (outcome.kind === "refused" || outcome.kind === "failed")
      return { kind: "stopped", at: request, outcome };
  }
  return { kind: "done" };
}
