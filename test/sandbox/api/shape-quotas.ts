import { limitExceeded, outOfHostCapacity } from "./api-error.ts";
import type { ShapePayload } from "./shape-payload.ts";

/** A ceiling on the instances of one shape in one availability domain. */
export interface ShapeQuota {
  readonly shape: string;
  readonly availabilityDomain: string;
  /** limit: beyond it 400 LimitExceeded. capacity: beyond it 500 "Out of host capacity." */
  readonly kind: "limit" | "capacity";
  readonly countMax: number;
}

/** Counts instances that are not TERMINATED and refuses those beyond a ceiling. No ceiling until one is set. */
export class ShapeQuotas {
  private readonly counts = new Map<string, number>();
  private readonly quotas = new Map<string, ShapeQuota>();

  set(quota: ShapeQuota): void {
    this.quotas.set(`${quota.kind}/${keyOf(quota.shape, quota.availabilityDomain)}`, quota);
  }

  clear(): void {
    this.quotas.clear();
  }

  list(): readonly ShapeQuota[] {
    return [...this.quotas.values()];
  }

  check(shape: ShapePayload, availabilityDomain: string): void {
    const key = keyOf(shape.shape, availabilityDomain);
    const count = this.counts.get(key) ?? 0;
    if (count >= this.maxOf("limit", key)) throw limitExceeded(shape.quotaNames);
    if (count >= this.maxOf("capacity", key)) throw outOfHostCapacity();
  }

  /** How many instances more the ceiling of kind "limit" allows; infinitely many without one. */
  remainingOf(shape: string, availabilityDomain: string): number {
    const key = keyOf(shape, availabilityDomain);
    return Math.max(0, this.maxOf("limit", key) - (this.counts.get(key) ?? 0));
  }

  add(shape: string, availabilityDomain: string, change: 1 | -1): void {
    const key = keyOf(shape, availabilityDomain);
    this.counts.set(key, (this.counts.get(key) ?? 0) + change);
  }

  private maxOf(kind: ShapeQuota["kind"], key: string): number {
    return this.quotas.get(`${kind}/${key}`)?.countMax ?? Number.POSITIVE_INFINITY;
  }
}

function keyOf(shape: string, availabilityDomain: string): string {
  return `${shape}/${availabilityDomain}`;
}
