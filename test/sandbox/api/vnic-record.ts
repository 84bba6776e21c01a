import type { InstanceRecord } from "./instance-record.ts";
import type { SubnetDescription } from "./region.ts";

/** The one VNIC of an instance, its attachment and its private IP. */
export interface VnicRecord {
  readonly vnicOcid: string;
  readonly attachmentOcid: string;
  readonly privateIpOcid: string;
  readonly subnet: SubnetDescription;
  readonly virtualRouterIp: string;
  readonly ipAddress: string;
  readonly macAddress: string;
  /** When the attachment is done and lists show the address. */
  readonly attachedAtMs: number;
}

type AttachmentState = "ATTACHING" | "ATTACHED" | "DETACHING" | "DETACHED";

/** A VNIC lives and dies with its instance. */
export function attachmentStateOf(record: InstanceRecord, nowMs: number): AttachmentState {
  if (record.lifecycleState === "TERMINATED") return "DETACHED";
  if (record.lifecycleState === "TERMINATING") return "DETACHING";
  return nowMs < record.vnic.attachedAtMs ? "ATTACHING" : "ATTACHED";
}

/** `VnicAttachment` of the Core API. vnicId is there only once it is attached. */
export function vnicAttachmentJson(record: InstanceRecord, nowMs: number): string {
  const { vnic, order } = record;
  const lifecycleState = attachmentStateOf(record, nowMs);
  return JSON.stringify({
    availabilityDomain: order.availabilityDomain,
    compartmentId: order.compartmentOcid,
    displayName: null,
    id: vnic.attachmentOcid,
    instanceId: record.instanceOcid,
    lifecycleState,
    nicIndex: 0,
    subnetId: vnic.subnet.ocid,
    timeCreated: new Date(record.timeCreatedMs).toISOString(),
    vlanTag: null,
    vnicId: lifecycleState === "ATTACHING" ? null : vnic.vnicOcid,
  });
}

/** `Vnic` of the Core API. */
export function vnicJson(record: InstanceRecord, nowMs: number): string {
  const { vnic, order } = record;
  const isAttaching = attachmentStateOf(record, nowMs) === "ATTACHING";
  return JSON.stringify({
    ...commonFields(record),
    id: vnic.vnicOcid,
    isPrimary: true,
    lifecycleState: isAttaching ? "PROVISIONING" : "AVAILABLE",
    macAddress: vnic.macAddress,
    nsgIds: order.networkSecurityGroupOcids,
    privateIp: vnic.ipAddress,
    publicIp: null,
    skipSourceDestCheck: false,
  });
}

/** `PrivateIp` of the Core API. */
export function privateIpJson(record: InstanceRecord): string {
  const { vnic } = record;
  return JSON.stringify({
    ...commonFields(record),
    id: vnic.privateIpOcid,
    ipAddress: vnic.ipAddress,
    isPrimary: true,
    vlanId: null,
    vnicId: vnic.vnicOcid,
    ipState: "ASSIGNED",
    lifetime: "EPHEMERAL",
  });
}

function commonFields(record: InstanceRecord): object {
  const { vnic, order } = record;
  return {
    availabilityDomain: order.availabilityDomain,
    compartmentId: order.compartmentOcid,
    definedTags: {},
    displayName: order.vnicDisplayName ?? record.displayName,
    freeformTags: {},
    hostnameLabel: order.hostnameLabel ?? null,
    subnetId: vnic.subnet.ocid,
    timeCreated: new Date(record.timeCreatedMs).toISOString(),
  };
}

/** Addresses of OCI's VNICs begin with 02:00:17. */
export function macAddressOf(sequence: number): string {
  const digits = sequence.toString(16).padStart(6, "0").slice(-6);
  return `02:00:17:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
}
