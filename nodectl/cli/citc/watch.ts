import type { Clock } from "../../domain/clock.ts";

/** What is drawn upon. */
export interface Screen {
  /** Replaces what stands there. */
  draw(lines: readonly string[]): void;
  /** The terminal has another size now. */
  onResize(redraw: () => void): void;
  /** Aborts when the person has seen enough. */
  readonly ended: AbortSignal;
}

export interface Watch<Seen> {
  readonly look: () => Promise<Seen>;
  readonly describe: (seen: Seen) => readonly string[];
  readonly screen: Screen;
  readonly clock: Clock;
  /** From the end of one look to the next: however long a look takes, no two are under way. */
  readonly pauseMs: number;
}

/** Looks and draws, again and again, until the screen has ended. What a look throws ends it too. */
export async function watch<Seen>({
  look,
  describe,
  screen,
  clock,
  pauseMs,
}: Watch<Seen>): Promise<void> {
  const { ended } = screen;
  let draw = (): void => {
    screen.draw(["Looking at Slurm and OCI …"]);
  };
  screen.onResize(() => {
    draw();
  });
  draw();
  while (!ended.aborted) {
    const seen = await orEnd(look(), ended);
    if (seen === undefined) return;
    draw = () => {
      screen.draw(describe(seen.value));
    };
    draw();
    await orEnd(clock.sleep(pauseMs), ended);
  }
}

/** undefined when the end came first: nobody waits for a look that hangs. */
async function orEnd<Value>(
  work: Promise<Value>,
  ended: AbortSignal,
): Promise<{ readonly value: Value } | undefined> {
  const settled = new AbortController();
  const end = new Promise<undefined>((resolve) => {
    const stop = (): void => {
      resolve(undefined);
    };
    ended.addEventListener("abort", stop, { once: true, signal: settled.signal });
    if (ended.aborted) stop();
  });
  try {
    // In this order: what the end itself makes fail is no failure.
    return await Promise.race([end, work.then((value) => ({ value }))]);
  } finally {
    settled.abort();
  }
}
