/** What `citc explain` is asked about. */
export type Subject =
  | { readonly kind: "job"; readonly id: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "refused"; readonly message: string };

/** Longer than any name of a node (63 characters) or id of a job. */
const LENGTH_MAX = 100;

/** Reads the argument: a number is a job, anything else that can be a name is a node. */
export function parseSubject(text: string): Subject {
  const job = /^(\d+)(_\d+|\+\d+)?$/.exec(text);
  if (job !== null) return { kind: "job", id: text };
  const step = /^(\d+(?:_\d+|\+\d+)?)\.(\d+|batch|extern|interactive)$/.exec(text);
  if (step?.[1] !== undefined) {
    return refused(`${text} is a step of job ${step[1]}; write citc explain ${step[1]}`);
  }
  const tasks = /^(\d+)_\[(\d+)/.exec(text);
  if (tasks !== null) {
    const [, id = "", first = ""] = tasks;
    return refused(
      `${text} are several tasks; write citc explain ${id} for all, or ${id}_${first} for one`,
    );
  }
  if (/[[\],\s]/.test(text)) return refused(`${text} is not one node; name one, such as a-0001`);
  const isName = /^[A-Za-z0-9._-]+$/.test(text) && text.length <= LENGTH_MAX;
  return isName
    ? { kind: "node", name: text }
    : refused(
        `${JSON.stringify(text.slice(0, LENGTH_MAX))} is neither a job's id nor a node's name`,
      );
}

function refused(message: string): Subject {
  return { kind: "refused", message };
}
