import { bootKey, capacityKey, limitKey, type CapacityEntry } from "../domain/capacity-entry.ts";
import { errorText } from "../domain/error-text.ts";
import type { Log } from "../domain/log.ts";
import type { Placement } from "../domain/placement.ts";
import type { CapacityStore } from "../files/capacity-file.ts";

export interface CapacityMemoryOptions {
  readonly store: CapacityStore;
  readonly log: Log;
  /** Milliseconds since the epoch, as in the file. */
  readonly nowMs: () => number;
  /** Milliseconds for which a placement is left alone after "Out of host capacity". */
  readonly capacityCoolDownMs: number;
  /** The same after a service limit or a quota. */
  readonly limitCoolDownMs: number;
  /** Image of the nodes whose specification names none. */
  readonly imageOcid: string;
  /** How long a boot may take: for so long the others wait for the one node that tries an image which has failed. */
  readonly bootMs: number;
}

export type Prospect =
  /** Nothing speaks against it. The caller tells how it ended. */
  | { readonly kind: "open" }
  /** Refused not long ago. */
  | { readonly kind: "closed"; readonly untilMs: number; readonly message: string }
  /** Another node of this process is finding out; look again then. */
  | {
      readonly kind: "in-doubt";
      readonly settled: Promise<void>;
      /** When that node began, milliseconds since the epoch. */
      readonly sinceMs: number;
    };

/** How an attempt in a placement ended, as far as capacity is concerned. */
export type Settlement =
  | { readonly kind: "accepted"; readonly nodeName: string }
  | { readonly kind: "unknown" }
  | { readonly kind: "capacity" | "limit"; readonly message: string };

/** How old what other processes wrote may be. */
const REFRESH_MS = 1_000;

/**
 * Remembers which placements had no machine, so that a thousand nodes do not ask a full data centre a thousand times.
 * After the cool-down a placement is half open: one node tries, the others wait for its answer. So it is with a
 * single fault domain from the start, because it is only tried when its availability domain has refused.
 */
export class CapacityMemory {
  readonly #options: CapacityMemoryOptions;
  readonly #entries = new Map<string, CapacityEntry>();
  readonly #probes = new Map<string, Probe>();
  /** The node that tries an image and shape whose boots failed, by key, until its launch is accepted. */
  readonly #bootProbers = new Map<string, string>();
  #readMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> = Promise.resolve();
  #isUsable = true;

  constructor(options: CapacityMemoryOptions) {
    this.#options = options;
  }

  /** Whether to try this placement now. After "open" the caller must call settle(). */
  async look(
    placement: Placement,
    nodeName: string,
    imageOcid = this.#options.imageOcid,
  ): Promise<Prospect> {
    await this.#refresh();
    const key = bootKey(imageOcid, placement);
    return this.#lookAtBoots(key, nodeName) ?? this.#lookAtPlacement(placement);
  }

  /**
   * Closed while boots of this image and shape fail. When it is time to try again this node does, in as many places as it
   * takes, and the others wait for its boot: only `citc reconcile` sees how it went.
   */
  #lookAtBoots(key: string, nodeName: string): Prospect | undefined {
    const nowMs = this.#options.nowMs();
    const entry = this.#entries.get(key);
    if (entry?.kind !== "boot") return undefined;
    const { untilMs, message } = entry;
    if (untilMs > nowMs) {
      const isProber = this.#bootProbers.get(key) === nodeName;
      return isProber ? undefined : { kind: "closed", untilMs, message };
    }
    this.#bootProbers.set(key, nodeName);
    void this.#add({ ...entry, untilMs: nowMs + this.#options.bootMs });
    return undefined;
  }

  #lookAtPlacement(placement: Placement): Prospect {
    const key = capacityKey(placement);
    const nowMs = this.#options.nowMs();
    const known = [key, limitKey(placement)].flatMap((it) => this.#entries.get(it) ?? []);
    const closed = known.filter(({ untilMs }) => untilMs > nowMs);
    if (closed.length > 0) {
      const untilMs = Math.max(...closed.map((entry) => entry.untilMs));
      return { kind: "closed", untilMs, message: closed[0]?.message ?? "" };
    }
    const isInDoubt =
      known.some(({ kind }) => kind !== "open") ||
      (placement.faultDomain !== undefined && !this.#entries.has(key));
    if (!isInDoubt) return { kind: "open" };
    const probe = this.#probes.get(key);
    if (probe !== undefined)
      return { kind: "in-doubt", settled: probe.settled, sinceMs: probe.sinceMs };
    this.#probes.set(key, createProbe(nowMs));
    return { kind: "open" };
  }

  /** Returns when the placement may be tried again: milliseconds since the epoch, 0 for at once. */
  async settle(placement: Placement, settlement: Settlement): Promise<number> {
    const key = capacityKey(placement);
    if (settlement.kind === "accepted") this.#endBootProbes(settlement.nodeName);
    const entries = this.#entriesFor(placement, settlement);
    for (const entry of entries) await this.#add(entry);
    this.#probes.get(key)?.end();
    this.#probes.delete(key);
    return Math.max(0, ...entries.map(({ untilMs }) => untilMs));
  }

  /** The node boots now: should it be launched anew, it waits like the others. */
  #endBootProbes(nodeName: string): void {
    for (const [key, prober] of this.#bootProbers)
      if (prober === nodeName) this.#bootProbers.delete(key);
  }

  #entriesFor(placement: Placement, settlement: Settlement): readonly CapacityEntry[] {
    const { nowMs, capacityCoolDownMs, limitCoolDownMs } = this.#options;
    const [key, keyOfLimit] = [capacityKey(placement), limitKey(placement)];
    switch (settlement.kind) {
      case "unknown":
        return [];
      case "accepted":
        // While others were refused at the same time one success proves little: only a probe opens it again.
        if (!this.#probes.has(key)) return [];
        return [key, ...(this.#entries.has(keyOfLimit) ? [keyOfLimit] : [])]
          .filter((it) => this.#entries.get(it)?.kind !== "open")
          .map((it) => ({ key: it, kind: "open", untilMs: 0, message: "" }));
      case "capacity": {
        const { kind, message } = settlement;
        return [{ key, kind, untilMs: nowMs() + capacityCoolDownMs, message }];
      }
      case "limit": {
        const { kind, message } = settlement;
        return [{ key: keyOfLimit, kind, untilMs: nowMs() + limitCoolDownMs, message }];
      }
    }
  }

  async #add(entry: CapacityEntry): Promise<void> {
    const before = this.#entries.get(entry.key);
    this.#entries.set(entry.key, entry);
    // A hundred refusals under way at once say the same: one line of the file is enough.
    const isNews = before?.kind !== entry.kind || entry.untilMs - before.untilMs > REFRESH_MS;
    if (isNews) await this.#try(() => this.#options.store.add(entry));
  }

  /** Who comes while the file is being read waits too: nothing may be tried in the belief that nothing is known. */
  async #refresh(): Promise<void> {
    const nowMs = this.#options.nowMs();
    if (Math.abs(nowMs - this.#readMs) >= REFRESH_MS) {
      this.#readMs = nowMs;
      this.#reading = this.#try(async () => {
        for (const entry of await this.#options.store.read()) this.#entries.set(entry.key, entry);
      });
    }
    await this.#reading;
  }

  /** Losing the file costs some calls: said once, and no reason to stop. */
  async #try(work: () => Promise<void>): Promise<void> {
    if (!this.#isUsable) return;
    try {
      await work();
    } catch (error) {
      this.#isUsable = false;
      const reason = errorText(error);
      this.#options.log.warn("could not use the file of capacities", { reason });
    }
  }
}

interface Probe {
  readonly settled: Promise<void>;
  readonly end: () => void;
  readonly sinceMs: number;
}

function createProbe(sinceMs: number): Probe {
  let end = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { settled, end, sinceMs };
}
