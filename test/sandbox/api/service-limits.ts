import { limitExceeded } from "./api-error.ts";
import type { LaunchOrder } from "./launch-order.ts";
import type { ShapePayload } from "./shape-payload.ts";

/** A ceiling of the tenancy, in the unit that the limit counts in: OCPUs, GB of memory or GPUs. */
export interface ServiceLimit {
  /** One of a shape's quotaNames. */
  readonly limitName: string;
  readonly availabilityDomain: string;
  readonly value: number;
}

/** What counts against limits: a launch, or a shape as one gets it without asking for a size. */
type Sized = Pick<LaunchOrder, "ocpus" | "memoryGib"> & { readonly shape: ShapePayload };

/** Every tenancy has some value; where none was set, nothing is refused. */
export const UNSET_LIMIT = 1_000_000;

/** Adds up what instances that are not TERMINATED use of each limit, and refuses what goes beyond. */
export class ServiceLimits {
  private readonly used = new Map<string, number>();
  private readonly limits = new Map<string, ServiceLimit>();

  set(limit: ServiceLimit): void {
    this.limits.set(keyOf(limit.limitName, limit.availabilityDomain), limit);
  }

  clear(): void {
    this.limits.clear();
  }

  list(): readonly ServiceLimit[] {
    return [...this.limits.values()];
  }

  check(order: LaunchOrder): void {
    const exceeded = order.shape.quotaNames.filter((name) => {
      const limit = this.limits.get(keyOf(name, order.availabilityDomain));
      const wanted = this.usedOf(name, order.availabilityDomain) + amountOf(name, order);
      return limit !== undefined && wanted > limit.value;
    });
    if (exceeded.length > 0) throw limitExceeded(exceeded);
  }

  add(order: LaunchOrder, change: 1 | -1): void {
    for (const name of order.shape.quotaNames) {
      const used = this.usedOf(name, order.availabilityDomain) + change * amountOf(name, order);
      this.used.set(keyOf(name, order.availabilityDomain), used);
    }
  }

  usedOf(limitName: string, availabilityDomain: string): number {
    return this.used.get(keyOf(limitName, availabilityDomain)) ?? 0;
  }

  valueOf(limitName: string, availabilityDomain: string): number {
    return this.limits.get(keyOf(limitName, availabilityDomain))?.value ?? UNSET_LIMIT;
  }
}

/** How much of a limit one instance takes: the unit is in the limit's name ("Service Limits" in Oracle's documentation). */
export function amountOf(limitName: string, { ocpus, memoryGib, shape }: Sized): number {
  if (limitName.endsWith("-memory-count")) return memoryGib;
  if (limitName.endsWith("-core-count")) return ocpus;
  return limitName.startsWith("gpu") ? shape.gpus : 1;
}

function keyOf(limitName: string, availabilityDomain: string): string {
  return `${limitName}/${availabilityDomain}`;
}
