/**
 * An event loop as Python's asyncio has it when its coroutines call blocking functions: one coroutine runs at a time,
 * and the others only while it awaits. What CitC's SDK calls block, blocks everybody.
 */
export class SerialLoop {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs the work when all earlier work is done. */
  async blocking<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const turn = this.#tail.then(work);
    // A failure is the caller's; the next in the queue does not mind.
    this.#tail = turn.then(ignore, ignore);
    return await turn;
  }
}

function ignore(): void {
  // Whoever awaits the turn itself has its result.
}
