import type { LaunchSpecification } from "../domain/launch-specification.ts";
import type { CapacityType, Placement } from "../domain/placement.ts";
import type { Shape } from "../domain/shape.ts";
import type { CompartmentListing } from "../domain/sweep/listing.ts";
import type { Remainder } from "../domain/sweep/remains.ts";

/** OCI's own words, plus what a newer service might say. */
export type LifecycleState =
  | "MOVING"
  | "PROVISIONING"
  | "STARTING"
  | "RUNNING"
  | "STOPPING"
  | "STOPPED"
  | "CREATING_IMAGE"
  | "TERMINATING"
  | "TERMINATED"
  | "UNKNOWN_VALUE";

/** An instance that carries this cluster's tags. */
export interface Instance {
  readonly instanceOcid: string;
  /** From the freeform tag `node`; the display name of instances that CitC launched. */
  readonly nodeName: string;
  readonly lifecycleState: LifecycleState;
  readonly shape: string;
  readonly shapeConfig?: { readonly ocpus: number; readonly memoryGib: number };
  readonly availabilityDomain: string;
  /** Absent: on-demand. */
  readonly capacityType?: CapacityType;
  /** OCI's clock, milliseconds since the epoch. */
  readonly timeCreatedMs: number;
  /** Only where it was looked up. */
  readonly ipAddress?: string;
}

export interface LaunchRequest {
  readonly nodeName: string;
  readonly specification: LaunchSpecification;
  readonly placement: Placement;
  /** The same token and the same request give the same instance, for 24 hours. */
  readonly retryToken: string;
}

/** How a failed call is to be treated; the rules stand in oci-errors.ts. */
export type FailureClass =
  | "throttled"
  | "capacity"
  | "limit"
  | "conflict"
  | "label"
  | "token"
  | "auth"
  | "config"
  | "transient"
  | "transport";

/** What OCI (or the network before it) said when it refused a call. */
export interface OciFailure {
  readonly class: FailureClass;
  readonly operation: string;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  /** OCI's code, e.g. `LimitExceeded`, or NoCredentials of ours; absent when no answer came. */
  readonly code?: string;
  readonly message: string;
  /** Oracle's support asks for it. */
  readonly opcRequestId?: string;
}

export type LaunchOutcome =
  | {
      readonly kind: "launched";
      readonly instance: Instance;
      readonly opcRequestId?: string;
      /** Acceptance is not success: this tells how the launch went on. */
      readonly workRequestOcid?: string;
    }
  | { readonly kind: "refused"; readonly failure: OciFailure };

export type TerminateOutcome =
  /** Accepted, already under way, or gone: nothing is left to do. */
  { readonly kind: "terminated" } | { readonly kind: "refused"; readonly failure: OciFailure };

/** The compute instances of this cluster: every method sees only what carries its tags. */
export interface InstanceControl {
  /** Every page, TERMINATED records included: the caller filters. Throws OciCallError. */
  listInstances(): Promise<readonly Instance[]>;
  /** Idempotent for one retry token. Throttling and passing faults are retried inside, up to the deadline. */
  launchInstance(request: LaunchRequest): Promise<LaunchOutcome>;
  /** Idempotent: an instance that is gone counts as terminated. */
  terminateInstance(instance: Instance): Promise<TerminateOutcome>;
}

/** How OCI carried on with a launch that it had accepted. */
export type LaunchEnd =
  | { readonly kind: "failed"; readonly failure: OciFailure }
  /** Nobody knows yet. */
  | { readonly kind: "going-on" }
  /** It succeeded, or was cancelled: if the instance is gone, somebody has terminated it. */
  | { readonly kind: "not-failed" };

export interface LaunchInquiry {
  /** Throws OciCallError. */
  explainLaunch(workRequestOcid: string): Promise<LaunchEnd>;
}

export interface PrivateAddress {
  /** The label the VNIC was launched with: our node name. */
  readonly hostnameLabel: string;
  readonly ipAddress: string;
  readonly timeCreatedMs: number;
}

export interface AddressBook {
  /** Every private address of the cluster's subnet that has a host name label. Throws OciCallError. */
  listPrivateAddresses(): Promise<readonly PrivateAddress[]>;
}

export interface InstanceAddresses {
  /** The primary private address of one instance; undefined while it has none. Throws OciCallError. */
  addressOf(instanceOcid: string): Promise<string | undefined>;
}

/** What a machine has written to its serial console. */
export interface Consoles {
  /**
   * Has OCI take the console of a living instance down, and returns its end, of bounded length; undefined when OCI
   * does not give it in time. Throws OciCallError.
   */
  captureConsole(instanceOcid: string): Promise<string | undefined>;
}

export interface ShapeCatalogue {
  /** Full names, e.g. `Uocm:PHX-AD-1`, sorted. Throws OciCallError. */
  listAvailabilityDomains(): Promise<readonly string[]>;
  /** The shapes that one availability domain knows (which is not that it has room). Throws OciCallError. */
  listShapes(availabilityDomain: string): Promise<readonly Shape[]>;
  /**
   * The names of those that an image runs on; undefined when OCI does not know the image, or does not let us see it.
   * Throws OciCallError.
   */
  listShapesOfImage(
    availabilityDomain: string,
    imageOcid: string,
  ): Promise<readonly string[] | undefined>;
}

/** A disk that an instance boots from. It is billed for as long as it exists. */
export interface BootVolume {
  readonly bootVolumeOcid: string;
  readonly displayName: string;
  /** That of the instance it was made with, as far as its own name tells: OCI copies no tags to volumes. */
  readonly instanceName?: string;
  readonly availabilityDomain: string;
  readonly sizeGib: number;
  /** OCI's clock, milliseconds since the epoch. */
  readonly timeCreatedMs: number;
  /** What it was made of; absent when that was another volume. */
  readonly imageOcid?: string;
}

export interface BootVolumeCatalogue {
  /**
   * Those of the compartment that no instance boots from, whoever made them: terminated instances may leave them. One
   * that is a moment old may belong to a launch that is under way. Throws OciCallError.
   */
  listLeftBootVolumes(): Promise<readonly BootVolume[]>;
}

/** What is left of a service limit, in its own unit: OCPUs (`…-core-count`), GB (`…-memory-count`) or GPUs (`gpu…`). */
export type LimitAvailability =
  | { readonly kind: "known"; readonly used: number; readonly available: number }
  /** OCI has no number for this limit, or no policy lets us see it: it answers both with 404. */
  | { readonly kind: "not-told" };

export interface LimitsInquiry {
  /** Of a limit of the compute service in one availability domain. Throws OciCallError. */
  availabilityOf(limitName: string, availabilityDomain: string): Promise<LimitAvailability>;
}

export interface SubnetUse {
  /** e.g. `10.0.0.0/20`. */
  readonly cidr: string;
  /** The first part of its hosts' domain; absent: its hosts have no names in DNS. */
  readonly dnsLabel?: string;
  /** OCI's word, `AVAILABLE` when all is well. */
  readonly lifecycleState: string;
  /** How many private addresses are taken, by whomever. */
  readonly addressesUsed: number;
  /** How many it has in all, without the three that OCI keeps. */
  readonly addressesMax: number;
}

export interface SubnetInquiry {
  /** The cluster's subnet; undefined when OCI does not know it, or does not let us see it. Throws OciCallError. */
  lookAtSubnet(): Promise<SubnetUse | undefined>;
}

export type RemoveOutcome =
  /** Accepted, already under way, or gone: nothing is left to do but to look again. */
  { readonly kind: "removed" } | { readonly kind: "refused"; readonly failure: OciFailure };

/** What may be left of a cluster in its compartment, with the credentials of whoever made the cluster. */
export interface RemainsControl {
  /** Every page of everything, whosever it is: the caller tells what is ours. Throws OciCallError. */
  listCompartment(): Promise<CompartmentListing>;
  /**
   * Idempotent: what is gone counts as removed. Throws when it is an instance or an image that does not carry the cluster's
   * tags: that is a defect of the caller.
   */
  remove(item: Remainder): Promise<RemoveOutcome>;
}
