import { systemClock } from "../../nodectl/cli/system-clock.ts";
import { waitUntil } from "../sandbox/wait-until.ts";

/** What is awaited, for the message, and how often and how long it is looked for. */
export interface Awaited<State> {
  readonly what: string;
  readonly timeoutSeconds: number;
  readonly observe: () => Promise<State>;
  readonly isReached: (state: State) => boolean;
}

/** The first observed state that is the awaited one. Rejects at the deadline with the last one that was seen. */
export async function awaitState<State>(awaited: Awaited<State>): Promise<State> {
  const { what, timeoutSeconds, observe, isReached } = awaited;
  let last: State | undefined;
  try {
    return await waitUntil(systemClock, what, timeoutSeconds, async () => {
      last = await observe();
      return isReached(last) ? last : undefined;
    });
  } catch (error) {
    throw new Error(`${String(error)}; last seen: ${describe(last)}`, { cause: error });
  }
}

function describe(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Set ? [...(value as Set<unknown>)].join("+") : value,
  );
}
