/**
 * So many threads in which one work at a time each can block; what has none waits its turn. One thread is an event loop
 * as Python's asyncio has it when its coroutines call blocking functions: what CitC's SDK calls block, blocks everybody.
 */
export class Threads {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs the work as soon as a thread is free, in the order of asking. A failure is the caller's alone. */
  async blocking<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
