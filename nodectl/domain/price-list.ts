import { isLiving } from "./reconcile/instance-state.ts";
import type { CapacityType } from "./placement.ts";

/**
 * A snapshot of Oracle's pay-as-you-go list prices in US dollars, the same in every commercial region. Source: the shape
 * list of karpenter-provider-oci (chart/config/oci-shape-meta.json), April 2026, its sums checked. What a tenancy pays is
 * its contract's matter, and Oracle's free allowances are not taken off.
 */
export const PRICE_LIST_DATE = "2026-04";

interface ByOcpu {
  readonly perOcpu: number;
  /** 0 where the memory is part of the OCPU's price. */
  readonly perGib: number;
}

/** By what stands between VM. or BM. and the last part of a shape's name. */
const OCPU_PRICES: Readonly<Record<string, ByOcpu>> = {
  "Standard.E3": { perOcpu: 0.025, perGib: 0.0015 },
  "Standard.E4": { perOcpu: 0.025, perGib: 0.0015 },
  "Standard.E5": { perOcpu: 0.03, perGib: 0.002 },
  "Standard.E6": { perOcpu: 0.03, perGib: 0.002 },
  Standard3: { perOcpu: 0.04, perGib: 0.0015 },
  "Standard.A1": { perOcpu: 0.01, perGib: 0.0015 },
  "Standard.A2": { perOcpu: 0.014, perGib: 0.002 },
  "Standard.A4": { perOcpu: 0.0138, perGib: 0.0027 },
  Optimized3: { perOcpu: 0.054, perGib: 0.0015 },
  HPC2: { perOcpu: 0.075, perGib: 0 },
  "HPC.E5": { perOcpu: 0.044, perGib: 0 },
};

/** Per GPU, everything else included; the last part of the shape's name counts the GPUs. GU1 and GM4 are other names. */
const GPU_PRICES: Readonly<Record<string, number>> = {
  GPU2: 1.275,
  GPU3: 2.95,
  GPU4: 3.05,
  "GPU.A10": 2,
  "GPU.GU1": 2,
  "GPU.A100-v2": 4,
  "GPU.GM4": 4,
  "GPU.H100": 10,
  "GPU.H200": 10,
  "GPU.L40S": 3.5,
  "GPU.MI300X": 6,
  "GPU.MI355X": 8.6,
  "GPU.B200": 14,
  "GPU.GB200": 16,
};

/** Of shapes that come in one size, for instances whose record does not tell it. */
const FIXED_SIZES: Readonly<Record<string, Size>> = {
  "BM.Optimized3.36": { ocpus: 36, memoryGib: 512 },
  "BM.Standard.E4.128": { ocpus: 128, memoryGib: 2048 },
  "BM.Standard.E5.192": { ocpus: 192, memoryGib: 2304 },
  "BM.Standard.A1.160": { ocpus: 160, memoryGib: 1024 },
  "BM.HPC2.36": { ocpus: 36, memoryGib: 384 },
  "BM.HPC.E5.144": { ocpus: 144, memoryGib: 768 },
};

interface Size {
  readonly ocpus: number;
  readonly memoryGib: number;
}

/** What a price depends on. */
export interface PricedInstance {
  readonly shape: string;
  readonly shapeConfig?: Size;
  /** Absent: on-demand. */
  readonly capacityType?: CapacityType;
  readonly lifecycleState: string;
}

/** Oracle's documentation, "Preemptible Instances". */
const PREEMPTIBLE_SHARE = 0.5;

/**
 * US dollars an hour by list price, without boot volumes; undefined when the snapshot does not have the shape. Counts from the
 * launch until OCI ends the instance.
 */
export function usdPerHour(instance: PricedInstance): number | undefined {
  if (!isLiving(instance)) return 0;
  if (instance.lifecycleState === "STOPPED" && !isBilledWhenStopped(instance.shape)) return 0;
  const price = listPrice(instance);
  const share = instance.capacityType === "preemptible" ? PREEMPTIBLE_SHARE : 1;
  return price === undefined ? undefined : price * share;
}

function listPrice({ shape, shapeConfig }: PricedInstance): number | undefined {
  const [, family = "", last = ""] = /^(?:VM|BM)\.(.+)\.([^.]+)$/.exec(shape) ?? [];
  const perGpu = GPU_PRICES[family];
  if (perGpu !== undefined) return /^\d+$/.test(last) ? perGpu * Number(last) : undefined;
  const price = OCPU_PRICES[family];
  const size = shapeConfig ?? FIXED_SIZES[shape];
  if (price === undefined || size === undefined) return undefined;
  return price.perOcpu * size.ocpus + price.perGib * size.memoryGib;
}

/** Stopped standard machines cost nothing; what holds GPUs, local disks or a whole board does (Oracle's documentation). */
function isBilledWhenStopped(shape: string): boolean {
  return shape.startsWith("BM.") || /GPU|DenseIO|HPC/.test(shape);
}
