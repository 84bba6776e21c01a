import { type Finding, ok, warning, wrong } from "./finding.ts";

/** The subnet of the compute nodes, and who still has to fit into it. */
export interface SubnetSight {
  readonly cidr: string;
  /** Absent: its hosts have no names in DNS. */
  readonly dnsLabel?: string;
  readonly lifecycleState: string;
  readonly addressesUsed: number;
  readonly addressesMax: number;
  /** Nodes of nodes.json that have no instance now. */
  readonly nodesToCome: number;
}

export function judgeSubnet(sight: SubnetSight): Finding {
  const { cidr, dnsLabel, lifecycleState, addressesUsed, addressesMax, nodesToCome } = sight;
  if (lifecycleState !== "AVAILABLE") {
    const fix = "write subnet_id of a subnet that is there into startnode.yaml";
    return wrong(`subnet ${cidr} is ${lifecycleState}`, fix);
  }
  if (dnsLabel === undefined) {
    // CreateVnicDetails, hostnameLabel: the subnet must have a DNS label.
    const fix = "use a subnet with a DNS label: OCI refuses a launch with a host name without one";
    return wrong(`subnet ${cidr} has no DNS label`, fix);
  }
  const free = addressesMax - addressesUsed;
  const seen = `${cidr} has ${free} of ${addressesMax} addresses free`;
  if (free >= nodesToCome) return ok(seen);
  const fix = "lower the counts in limits.yaml, or use a larger subnet";
  const text = `${seen}, and ${nodesToCome} nodes may come`;
  return free <= 0 ? wrong(text, fix) : warning(text, fix);
}
