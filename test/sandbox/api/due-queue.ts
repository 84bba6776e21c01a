interface Entry {
  readonly dueMs: number;
  readonly sequence: number;
  readonly run: (dueMs: number) => void;
}

/** What has to happen later, in the order of its time; entries of the same time keep their order. A binary heap. */
export class DueQueue {
  private readonly heap: Entry[] = [];
  private sequence = 0;

  get nextDueMs(): number | undefined {
    return this.heap[0]?.dueMs;
  }

  add(dueMs: number, run: (dueMs: number) => void): void {
    this.sequence += 1;
    this.heap.push({ dueMs, sequence: this.sequence, run });
    this.siftUp(this.heap.length - 1);
  }

  /** Runs what is due, including what that makes due. */
  runDue(nowMs: number): void {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || first.dueMs > nowMs) return;
      this.removeFirst();
      first.run(first.dueMs);
    }
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.siftDown();
  }

  private siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private siftDown(): void {
    let index = 0;
    for (;;) {
      let smallest = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (this.isBefore(child, smallest)) smallest = child;
      }
      if (smallest === index) return;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  private isBefore(left: number, right: number): boolean {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return false;
    return a.dueMs === b.dueMs ? a.sequence < b.sequence : a.dueMs < b.dueMs;
  }

  private swap(left: number, right: number): void {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return;
    this.heap[left] = b;
    this.heap[right] = a;
  }
}
