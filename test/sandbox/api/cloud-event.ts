import type { InstanceRecord, LifecycleState } from "./instance-record.ts";

/** An instance as a hypervisor needs it: everything to make a machine, nothing that changes afterwards but the state. */
export interface CloudInstance {
  readonly instanceOcid: string;
  readonly lifecycleState: LifecycleState;
  readonly displayName: string;
  /** Absent: the instance was launched without one. */
  readonly hostnameLabel?: string;
  readonly compartmentOcid: string;
  readonly availabilityDomain: string;
  readonly faultDomain: string;
  readonly shape: string;
  readonly ocpus: number;
  readonly memoryGib: number;
  readonly gpus: number;
  readonly imageOcid: string;
  readonly privateIp: string;
  readonly macAddress: string;
  readonly vnicOcid: string;
  readonly subnet: {
    readonly ocid: string;
    readonly name: string;
    readonly cidr: string;
    readonly dnsLabel: string;
    readonly virtualRouterIp: string;
  };
  /** user_data (base64), ssh_authorized_keys and whatever else the launch gave. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly extendedMetadata: Readonly<Record<string, unknown>>;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly definedTags: Readonly<Record<string, unknown>>;
  readonly timeCreatedMs: number;
  /** False: power is on and nothing boots (VM.SandboxNoBoot.1). */
  readonly boots: boolean;
}

/**
 * What a hypervisor acts on. Every instance-running is followed by exactly one instance-powered-off of the same
 * instance; instance-terminated comes once for every instance, also for one that never ran.
 */
export type CloudEvent =
  | { readonly kind: "instance-running"; readonly instance: CloudInstance }
  | {
      readonly kind: "instance-powered-off";
      readonly reason: "terminate" | "stop" | "failure";
      readonly instance: CloudInstance;
    }
  | { readonly kind: "instance-terminated"; readonly instance: CloudInstance };

/** Called while a call is processed: it must neither throw nor wait. */
export type CloudListener = (event: CloudEvent) => void;

export function describeInstance(record: InstanceRecord): CloudInstance {
  const { order, vnic } = record;
  return {
    instanceOcid: record.instanceOcid,
    lifecycleState: record.lifecycleState,
    displayName: record.displayName,
    ...(order.hostnameLabel === undefined ? {} : { hostnameLabel: order.hostnameLabel }),
    compartmentOcid: order.compartmentOcid,
    availabilityDomain: order.availabilityDomain,
    faultDomain: record.faultDomain,
    shape: order.shape.shape,
    ocpus: order.ocpus,
    memoryGib: order.memoryGib,
    gpus: order.shape.gpus,
    imageOcid: order.image.ocid,
    privateIp: vnic.ipAddress,
    macAddress: vnic.macAddress,
    vnicOcid: vnic.vnicOcid,
    subnet: {
      ocid: vnic.subnet.ocid,
      name: vnic.subnet.name,
      cidr: vnic.subnet.cidr,
      dnsLabel: vnic.subnet.dnsLabel,
      virtualRouterIp: vnic.virtualRouterIp,
    },
    metadata: order.metadata,
    extendedMetadata: order.extendedMetadata,
    freeformTags: order.freeformTags,
    definedTags: order.definedTags,
    timeCreatedMs: record.timeCreatedMs,
    boots: record.boots,
  };
}
