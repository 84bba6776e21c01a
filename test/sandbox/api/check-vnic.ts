import { invalidParameter, missingParameter, relatedResourceNotFound } from "./api-error.ts";
import type { FieldReader } from "./field-reader.ts";
import type { LaunchOrder } from "./launch-order.ts";
import type { RegionDescription, SubnetDescription } from "./region.ts";

const VNIC_FIELDS: readonly string[] = [
  ...["assignIpv6Ip", "assignPublicIp", "assignPrivateDnsRecord", "definedTags", "displayName"],
  ...["freeformTags", "hostnameLabel", "nsgIds", "privateIp", "skipSourceDestCheck", "subnetId"],
  "securityAttributes",
];

const NSG_COUNT_MAX = 5;

type VnicPart = Pick<
  LaunchOrder,
  "subnet" | "vnicDisplayName" | "hostnameLabel" | "privateIp" | "networkSecurityGroupOcids"
>;

/** createVnicDetails, or its deprecated forms at the top of the body. */
export function checkVnic(fields: FieldReader, region: RegionDescription): VnicPart {
  const vnic = fields.nested("createVnicDetails", VNIC_FIELDS);
  const subnet = checkSubnet(vnic?.string("subnetId") ?? fields.string("subnetId"), region);
  checkPublicIp(vnic, subnet);
  const hostnameLabel = checkHostnameLabel(fields, vnic);
  const privateIp = vnic?.string("privateIp");
  const vnicDisplayName = vnic?.string("displayName");
  return {
    subnet,
    ...(vnicDisplayName === undefined ? {} : { vnicDisplayName }),
    ...(hostnameLabel === undefined ? {} : { hostnameLabel }),
    ...(privateIp === undefined ? {} : { privateIp }),
    networkSecurityGroupOcids: checkSecurityGroups(vnic, region),
  };
}

function checkSubnet(ocid: string | undefined, region: RegionDescription): SubnetDescription {
  if (ocid === undefined) throw missingParameter("createVnicDetails.subnetId");
  const subnet = region.subnets.find((one) => one.ocid === ocid);
  if (subnet === undefined) throw relatedResourceNotFound("subnet", ocid);
  return subnet;
}

function checkPublicIp(vnic: FieldReader | undefined, subnet: SubnetDescription): void {
  if (vnic?.boolean("assignPublicIp") === true && subnet.isPublicIpProhibited) {
    throw invalidParameter(
      `assignPublicIp must be false: subnet ${subnet.ocid} has prohibitPublicIpOnVnic`,
    );
  }
}

/** RFC 952 and 1123 as OCI reads them: 63 letters, digits and inner hyphens, not digits alone. */
function checkHostnameLabel(
  fields: FieldReader,
  vnic: FieldReader | undefined,
): string | undefined {
  const label = vnic?.string("hostnameLabel") ?? fields.string("hostnameLabel");
  if (label === undefined) return undefined;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label) || /^\d+$/.test(label)) {
    throw invalidParameter(`Hostname ${label} is not a valid RFC 952 and RFC 1123 host name`);
  }
  if (vnic?.boolean("assignPrivateDnsRecord") === false) {
    throw invalidParameter(`Hostname ${label} is provided when AssignPrivateDnsRecord is false`);
  }
  return label;
}

function checkSecurityGroups(
  vnic: FieldReader | undefined,
  region: RegionDescription,
): readonly string[] {
  const ocids = vnic?.stringList("nsgIds") ?? [];
  if (ocids.length > NSG_COUNT_MAX) {
    throw invalidParameter(`nsgIds size must be between 0 and ${NSG_COUNT_MAX}`);
  }
  const unknown = ocids.find((ocid) => !region.networkSecurityGroupOcids.includes(ocid));
  if (unknown !== undefined) throw relatedResourceNotFound("network security group", unknown);
  return ocids;
}
