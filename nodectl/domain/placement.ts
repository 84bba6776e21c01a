import type { LaunchSpecification, ShapeOffer } from "./launch-specification.ts";

/** What OCI charges for, and may take back: an on-demand instance, or one that it may end at any time for half the price. */
export type CapacityType = "on-demand" | "preemptible";

/** One way to get a node its machine: what to ask for, and where. */
export interface Placement extends ShapeOffer {
  readonly availabilityDomain: string;
  /** Absent: OCI chooses, which is Oracle's advice against capacity errors. */
  readonly faultDomain?: string;
  readonly capacityType: CapacityType;
}

/** Every availability domain has these three (Oracle's documentation, "Regions and Availability Domains"). */
const FAULT_DOMAINS = ["FAULT-DOMAIN-1", "FAULT-DOMAIN-2", "FAULT-DOMAIN-3"] as const;

/**
 * All placements of a node, the best first: the shape as asked for in its availability domain, then in the others
 * that the limits allow, then in single fault domains; then the same for each alternative shape. Preemptible
 * capacity comes before or instead of on-demand capacity, as the limits say. The same node always gets the same list:
 * its retry tokens depend on it.
 */
export function rankPlacements(
  nodeName: string,
  specification: LaunchSpecification,
): readonly Placement[] {
  const { shape, shapeConfig, availabilityDomains, alternatives = [] } = specification;
  const offers: readonly RankedOffer[] = [
    { shape, ...(shapeConfig && { shapeConfig }), availabilityDomains },
    ...alternatives,
  ];
  return capacityTypes(specification).flatMap((capacityType) =>
    offers.flatMap((offer) => placementsOf(nodeName, offer, capacityType)),
  );
}

type RankedOffer = ShapeOffer & Pick<LaunchSpecification, "availabilityDomains">;

function capacityTypes({ preemptible }: LaunchSpecification): readonly CapacityType[] {
  if (preemptible === undefined) return ["on-demand"];
  return preemptible === "only" ? ["preemptible"] : ["preemptible", "on-demand"];
}

function placementsOf(
  nodeName: string,
  { availabilityDomains, ...offer }: RankedOffer,
  capacityType: CapacityType,
): readonly Placement[] {
  const places = fromHome(nodeName, availabilityDomains).map((availabilityDomain) => ({
    ...offer,
    availabilityDomain,
    capacityType,
  }));
  const single = places.flatMap((place) =>
    FAULT_DOMAINS.map((faultDomain) => ({ ...place, faultDomain })),
  );
  return [...places, ...single];
}

/** Nodes of any availability domain are spread by the number at the end of their name. */
function fromHome(nodeName: string, availabilityDomains: readonly string[]): readonly string[] {
  if (availabilityDomains.length === 0)
    throw new Error(`nodes.json names no availability domain for ${nodeName}`);
  const number = Number(/\d+$/.exec(nodeName)?.[0] ?? 0);
  const home = number % availabilityDomains.length;
  return [...availabilityDomains.slice(home), ...availabilityDomains.slice(0, home)];
}

/** True for what limits.yaml asks for itself, false for what is only taken in its place or at a lower price. */
export function isAsSpecified(placement: Placement, specification: LaunchSpecification): boolean {
  const capacityType = specification.preemptible === "only" ? "preemptible" : "on-demand";
  return (
    shapeLabel(placement) === shapeLabel(specification) && placement.capacityType === capacityType
  );
}

/** A shape with its sizes as limits.yaml writes it: `VM.Standard.E4.Flex.8.64`. */
export function shapeLabel({ shape, shapeConfig }: ShapeOffer): string {
  return shapeConfig === undefined
    ? shape
    : `${shape}.${shapeConfig.ocpus}.${shapeConfig.memoryGib}`;
}

/** What an instance was launched as. OCI gives the size of every shape; only of flexible ones it belongs to the name. */
export function launchedOffer({ shape, shapeConfig }: ShapeOffer): ShapeOffer {
  return shape.endsWith(".Flex") && shapeConfig !== undefined ? { shape, shapeConfig } : { shape };
}

/** Without the tenancy's prefix, which is the same everywhere: `Uocm:PHX-AD-1` -> `PHX-AD-1`. */
export function shortDomain(availabilityDomain: string): string {
  return availabilityDomain.replace(/^[^:]*:/, "");
}
