import type { Clock } from "../domain/clock.ts";

/** What comes within this time goes to Slurm together; nobody notices it. */
const COLLECT_MS = 500;

/** Collects items and hands them on in batches, one after the other, while more of them come. */
export class Batches<Item> {
  readonly #deliver: (items: readonly Item[]) => Promise<void>;
  readonly #clock: Clock;
  #items: Item[] = [];
  #delivery: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(clock: Clock, deliver: (items: readonly Item[]) => Promise<void>) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#delivery ??= this.#deliverAll();
  }

  /** Resolves when all that was added is delivered; throws what a delivery threw. */
  async drain(): Promise<void> {
    await this.#delivery;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #deliverAll(): Promise<void> {
    try {
      while (this.#items.length > 0) {
        await this.#clock.sleep(COLLECT_MS);
        const items = this.#items;
        this.#items = [];
        await this.#deliver(items);
      }
    } catch (error) {
      // Whoever drains hears of it; until then it must not end the process, nor keep later items back.
      this.#failure ??= { error };
    } finally {
      this.#delivery = undefined;
    }
  }
}
