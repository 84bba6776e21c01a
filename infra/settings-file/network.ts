import { addressCount } from "../../nodectl/domain/subnet-size.ts";
import type { NetworkSettings } from "../settings.ts";
import { contains, overlap, parseCidr } from "./cidr.ts";
import type { Cidr } from "./cidr.ts";
import type { Findings, Found } from "./findings.ts";
import type { FoundSettings } from "./source.ts";

/** "Overview of VCNs and Subnets": a VCN has a length from /16 to /30, and so has all that is in it. */
const VCN_PREFIX_MIN = 16;
const PREFIX_MAX = 30;

/** "Managing Mount Targets": one may use up to three addresses, its own and those for failing over. */
const MOUNT_TARGET_ADDRESSES = 3;

/** "Overview of VCNs and Subnets", addresses reserved for use by Oracle, and what RFC 6890 gives to other uses. */
const RESERVED = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].map(parseCidr);

export function networkOf(found: FoundSettings, findings: Findings): NetworkSettings | null {
  const blocks = {
    vcn: found["network.vcn_cidr"],
    management: found["network.management_cidr"],
    compute: found["network.compute_cidr"],
  };
  const existing = {
    vcn: found["network.vcn"],
    management: found["network.management_subnet"],
    compute: found["network.compute_subnet"],
  };
  const isExisting = Object.values(existing).some((ocid) => ocid === null || ocid.isWritten);
  if (!isExisting) return isComplete(blocks) ? newNetwork(blocks, findings) : null;
  const mixed = Object.values(blocks).filter((block) => block?.isWritten === true);
  for (const block of mixed) {
    const message = "an existing network has its addresses already";
    const fix = "remove it, or remove network: vcn, management_subnet and compute_subnet";
    if (block !== null) findings.refuse(block.place, message, fix);
  }
  return isComplete(existing) ? existingNetwork(existing, findings) : null;
}

type Three<Value> = Readonly<Record<"vcn" | "management" | "compute", Value>>;

function isComplete<Value>(three: Three<Value | null>): three is Three<Value> {
  return Object.values(three).every((value) => value !== null);
}

function newNetwork(
  { vcn, management, compute }: Three<Found<Cidr>>,
  findings: Findings,
): NetworkSettings {
  checkVcn(vcn, findings);
  for (const subnet of [management, compute]) checkSubnet(subnet, vcn, findings);
  if (overlap(management.value, compute.value)) {
    const message = `this overlaps network: management_cidr (${management.value.text})`;
    findings.refuse(compute.place, message, "write blocks that have no address in common");
  }
  const nodes = addressCount(compute.value.text) - MOUNT_TARGET_ADDRESSES;
  if (nodes < 1) {
    const message = "there is no address left for a node: OCI keeps 3, and the file server 3";
    findings.refuse(compute.place, message, "write a larger block, such as a /20 for 4,090 nodes");
  }
  return {
    kind: "new",
    vcnCidr: vcn.value.text,
    managementCidr: management.value.text,
    computeCidr: compute.value.text,
  };
}

function checkVcn({ value, place }: Found<Cidr>, findings: Findings): void {
  if (value.prefixLength < VCN_PREFIX_MIN || value.prefixLength > PREFIX_MAX) {
    const message = "OCI takes a network from /16 to /30";
    findings.refuse(place, message, "write such a block, for instance 10.0.0.0/16");
  }
  const reserved = RESERVED.find((block) => overlap(block, value));
  if (reserved === undefined) return;
  const message = `addresses in ${reserved.text} are reserved`;
  findings.refuse(place, message, "write a private block, such as 10.0.0.0/16");
}

function checkSubnet({ value, place }: Found<Cidr>, vcn: Found<Cidr>, findings: Findings): void {
  if (!contains(vcn.value, value)) {
    const message = `${value.text} is not inside network: vcn_cidr (${vcn.value.text})`;
    findings.refuse(place, message, "write a part of that block");
  } else if (value.prefixLength > PREFIX_MAX) {
    findings.refuse(place, "OCI takes no subnet smaller than /30", "write a larger block");
  }
}

/** That the subnets are in this VCN, are empty, and are no other cluster's only OCI knows: it is for the plan to ask. */
function existingNetwork(
  { vcn, management, compute }: Three<Found<string | undefined>>,
  findings: Findings,
): NetworkSettings | null {
  const { value: vcnOcid } = vcn;
  const { value: managementSubnetOcid } = management;
  const { value: computeSubnetOcid } = compute;
  if (
    vcnOcid === undefined ||
    managementSubnetOcid === undefined ||
    computeSubnetOcid === undefined
  ) {
    for (const { place, value } of [vcn, management, compute]) {
      if (value !== undefined) continue;
      const message = "an existing network needs this setting too";
      findings.refuse(
        place,
        message,
        "write its OCID, or none of vcn, management_subnet, compute_subnet",
      );
    }
    return null;
  }
  if (managementSubnetOcid === computeSubnetOcid) {
    const message = "this is network: management_subnet too: one is public, and the other is not";
    return findings.refuse(compute.place, message, "write the OCID of another subnet of the VCN");
  }
  return { kind: "existing", vcnOcid, managementSubnetOcid, computeSubnetOcid };
}
