import type {
  AddressBook,
  BootVolumeCatalogue,
  Consoles,
  InstanceAddresses,
  InstanceControl,
  LaunchInquiry,
  LimitsInquiry,
  ShapeCatalogue,
  SubnetInquiry,
} from "../nodectl/oci/provider.ts";

/** What nodectl asks of OCI. An interface that is new in provider.ts belongs here; the test finds one that is missing. */
export type ProviderMethod =
  | keyof InstanceControl
  | keyof LaunchInquiry
  | keyof AddressBook
  | keyof InstanceAddresses
  | keyof Consoles
  | keyof ShapeCatalogue
  | keyof BootVolumeCatalogue
  | keyof LimitsInquiry
  | keyof SubnetInquiry;

/**
 * Where a permission must be granted: in the cluster's compartment, in the network's, or in both, where Oracle's
 * documentation does not tell which of the two holds the thing (a VNIC belongs to an instance and to a subnet).
 */
export type Place = "compartment" | "network" | "both";

/** Every permission that is granted, and nothing else. A verb stands where Oracle names no permission. */
export const PLACES = {
  INSTANCE_CREATE: "compartment",
  INSTANCE_READ: "compartment",
  INSTANCE_INSPECT: "compartment",
  INSTANCE_DELETE: "compartment",
  INSTANCE_IMAGE_READ: "compartment",
  INSTANCE_IMAGE_INSPECT: "compartment",
  CONSOLE_HISTORY_CREATE: "compartment",
  CONSOLE_HISTORY_READ: "compartment",
  CONSOLE_HISTORY_DELETE: "compartment",
  VOLUME_INSPECT: "compartment",
  VOLUME_ATTACHMENT_INSPECT: "compartment",
  COMPARTMENT_INSPECT: "compartment",
  "read resource-availability": "compartment",
  VNIC_CREATE: "both",
  VNIC_ATTACH: "both",
  VNIC_READ: "both",
  VNIC_DELETE: "both",
  VNIC_ATTACHMENT_READ: "both",
  PRIVATE_IP_READ: "both",
  NETWORK_SECURITY_GROUP_UPDATE_MEMBERS: "both",
  VNIC_ASSOCIATE_NETWORK_SECURITY_GROUP: "both",
  SUBNET_READ: "network",
  SUBNET_ATTACH: "network",
  SUBNET_DETACH: "network",
} as const satisfies Record<string, Place>;

export type Permission = keyof typeof PLACES;

export interface Call {
  /** As OCI's API reference and the code's own logs name it. */
  readonly operation: string;
  readonly permissions: readonly Permission[];
  /** `assumed`: Oracle's tables do not say it plainly; the reason stands beside it. */
  readonly basis: "documented" | "assumed";
}

/**
 * "Details for the Core Services", Permissions Required for Each API Operation (Oracle's documentation, IAM policy
 * reference), as of November 2024. `documented` means that it stands there; none of it was tried on a real tenancy.
 */
function documented(operation: string, ...permissions: readonly Permission[]): Call {
  return { operation, permissions, basis: "documented" };
}

function assumed(operation: string, ...permissions: readonly Permission[]): Call {
  return { operation, permissions, basis: "assumed" };
}

/** With network security groups at launch, without a compute cluster or data volumes. */
const LAUNCH = [
  ...(["INSTANCE_CREATE", "INSTANCE_IMAGE_READ"] as const),
  ...(["VNIC_CREATE", "VNIC_ATTACH", "SUBNET_ATTACH"] as const),
  ...(["NETWORK_SECURITY_GROUP_UPDATE_MEMBERS", "VNIC_ASSOCIATE_NETWORK_SECURITY_GROUP"] as const),
];

const LIST_PRIVATE_IPS = assumed(
  // Oracle's table asks for SUBNET_READ when IPv6 addresses are listed by subnet, and does not speak of it here.
  "ListPrivateIps",
  "PRIVATE_IP_READ",
  "SUBNET_READ",
);

/** Which calls to OCI each method of nodectl's provider makes, and what the policy must grant for it. */
export const CALLS: Readonly<Record<ProviderMethod, readonly Call[]>> = {
  listInstances: [documented("ListInstances", "INSTANCE_READ")],
  launchInstance: [documented("LaunchInstance", ...LAUNCH)],
  terminateInstance: [
    documented("TerminateInstance", "INSTANCE_DELETE", "VNIC_DELETE", "SUBNET_DETACH"),
    documented("GetInstance", "INSTANCE_READ"),
  ],
  explainLaunch: [
    // "Work requests inherit the permissions of the operation that spawns" them.
    assumed("GetWorkRequest", ...LAUNCH),
    assumed("ListWorkRequestErrors", ...LAUNCH),
  ],
  listPrivateAddresses: [LIST_PRIVATE_IPS],
  addressOf: [
    documented("ListVnicAttachments", "VNIC_ATTACHMENT_READ", "INSTANCE_INSPECT"),
    documented("GetVnic", "VNIC_READ"),
  ],
  captureConsole: [
    documented(
      "CaptureConsoleHistory",
      "CONSOLE_HISTORY_CREATE",
      "INSTANCE_READ",
      "INSTANCE_IMAGE_READ",
    ),
    documented("GetConsoleHistory", "CONSOLE_HISTORY_READ", "INSTANCE_INSPECT"),
    // Oracle's table calls it ShowConsoleHistoryData.
    documented(
      "GetConsoleHistoryContent",
      "CONSOLE_HISTORY_READ",
      "INSTANCE_READ",
      "INSTANCE_IMAGE_READ",
    ),
    documented("DeleteConsoleHistory", "CONSOLE_HISTORY_DELETE"),
  ],
  // From the policy reference of IAM.
  listAvailabilityDomains: [assumed("ListAvailabilityDomains", "COMPARTMENT_INSPECT")],
  listShapes: [documented("ListShapes", "INSTANCE_INSPECT")],
  // That the image must be visible too is what GetImage needs.
  listShapesOfImage: [assumed("ListShapes", "INSTANCE_INSPECT", "INSTANCE_IMAGE_INSPECT")],
  listLeftBootVolumes: [
    documented("ListBootVolumes", "VOLUME_INSPECT"),
    // As ListVolumeAttachments, which the table has.
    assumed(
      "ListBootVolumeAttachments",
      "VOLUME_ATTACHMENT_INSPECT",
      "VOLUME_INSPECT",
      "INSTANCE_INSPECT",
    ),
  ],
  // The documentation of service limits names the verb and no permission.
  availabilityOf: [assumed("GetResourceAvailability", "read resource-availability")],
  lookAtSubnet: [documented("GetSubnet", "SUBNET_READ"), LIST_PRIVATE_IPS],
};

/** What must be granted in one place, each once, in the order of PLACES. */
export function permissionsIn(place: Exclude<Place, "both">): readonly Permission[] {
  const needed = new Set(
    Object.values(CALLS)
      .flat()
      .flatMap(({ permissions }) => permissions),
  );
  const inPlace = (permission: Permission): boolean =>
    PLACES[permission] === place || PLACES[permission] === "both";
  return (Object.keys(PLACES) as Permission[]).filter(
    (permission) => needed.has(permission) && inPlace(permission),
  );
}
