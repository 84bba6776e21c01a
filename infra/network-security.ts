import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { named, type Cluster } from "./cluster.ts";
import { FLOWS, ROLES, type Flow, type Party, type PortRange, type Role } from "./flows.ts";
import type { RuleEndType, SecurityRule } from "./oci-resource-types.ts";
import { OciResource } from "./oci-resource.ts";

export interface NetworkSecurity {
  /** OCIDs of the network security groups. */
  readonly groups: Readonly<Record<Role, string>>;
  readonly rules: readonly OciResource<"oci_core_network_security_group_security_rule">[];
}

export interface NetworkSecurityOptions {
  readonly vcnOcid: string;
  /** The "service CIDR label" of all services of the region. */
  readonly serviceCidrLabel: string;
  /** Of the groups, besides the cluster's own. */
  readonly groupTags: Readonly<Record<string, string>>;
  /** What must be there before the groups, and so before all that is in them. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Other end of a rule: for what is not in the group itself. */
interface RuleEnd {
  readonly type: RuleEndType;
  readonly value: string;
}

const GROUP_NAMES = {
  management: "management",
  compute: "compute",
  fileServer: "file-server",
} as const satisfies Record<Role, string>;

/** One network security group a role, and at both ends of each flow its rules. Groups let nothing through by themselves. */
export function createNetworkSecurity(
  scope: Construct,
  cluster: Cluster,
  { vcnOcid, serviceCidrLabel, groupTags, dependsOn }: NetworkSecurityOptions,
): NetworkSecurity {
  const group = (role: Role): string => {
    const attributes = {
      ...named(cluster, GROUP_NAMES[role]),
      freeform_tags: { ...cluster.tags, ...groupTags },
      compartment_id: cluster.settings.compartmentOcid,
      vcn_id: vcnOcid,
    };
    const type = "oci_core_network_security_group";
    return new OciResource(scope, `security_group_${role}`, type, attributes, {
      dependsOn: [...dependsOn],
    }).ocid;
  };
  const groups = {
    management: group("management"),
    compute: group("compute"),
    fileServer: group("fileServer"),
  };
  const { sshCidrs } = cluster.settings.access;
  const ends = (party: Party) => ruleEnds(party, { groups, serviceCidrLabel, sshCidrs });
  const rules = FLOWS.flatMap((flow) => rulesOf(flow, groups, ends));
  return {
    groups,
    rules: rules.map(
      ([name, rule]) =>
        new OciResource(scope, name, "oci_core_network_security_group_security_rule", rule),
    ),
  };
}

function ruleEnds(
  party: Party,
  known: Pick<NetworkSecurity, "groups"> & {
    readonly serviceCidrLabel: string;
    readonly sshCidrs: readonly string[];
  },
): readonly RuleEnd[] {
  switch (party) {
    case "sshCidrs":
      return known.sshCidrs.map((value) => ({ type: "CIDR_BLOCK", value }));
    case "internet":
      return [{ type: "CIDR_BLOCK", value: "0.0.0.0/0" }];
    case "ociServices":
      return [{ type: "SERVICE_CIDR_BLOCK", value: known.serviceCidrLabel }];
    case "management":
    case "compute":
    case "fileServer":
      return [{ type: "NETWORK_SECURITY_GROUP", value: known.groups[party] }];
  }
}

type NamedRule = readonly [name: string, rule: SecurityRule];

/** Of each pair of ends: one that lets the flow out of the group it comes from, one that lets it into the other. */
function rulesOf(
  flow: Flow,
  groups: NetworkSecurity["groups"],
  ends: (party: Party) => readonly RuleEnd[],
): NamedRule[] {
  return flow.from.flatMap((from) =>
    trafficOptions(flow).flatMap(([suffix, options]): NamedRule[] => {
      const common = { ...options, description: flow.why.slice(0, DESCRIPTION_LENGTH_MAX) };
      const name = `flow_${flow.name}_${from}${suffix}`;
      const out = isRole(from)
        ? ends(flow.to).map(({ type, value }): SecurityRule => ({
            ...common,
            network_security_group_id: groups[from],
            direction: "EGRESS",
            destination: value,
            destination_type: type,
          }))
        : [];
      const { to } = flow;
      const into = isRole(to)
        ? ends(from).map(({ type, value }): SecurityRule => ({
            ...common,
            network_security_group_id: groups[to],
            direction: "INGRESS",
            source: value,
            source_type: type,
          }))
        : [];
      return [...numbered(`${name}_out`, out), ...numbered(`${name}_in`, into)];
    }),
  );
}

/** AddSecurityRuleDetails, description. */
const DESCRIPTION_LENGTH_MAX = 255;

function numbered(name: string, rules: readonly SecurityRule[]): NamedRule[] {
  return rules.map((rule, index) => [rules.length === 1 ? name : `${name}_${index + 1}`, rule]);
}

function isRole(party: Party): party is Role {
  return (ROLES as readonly Party[]).includes(party);
}

type TrafficOptions = Pick<
  SecurityRule,
  "protocol" | "tcp_options" | "udp_options" | "icmp_options"
>;

/** A rule has one range of ports: one entry for each, with what tells its name from the others'. */
function trafficOptions({ traffic }: Flow): (readonly [suffix: string, TrafficOptions])[] {
  switch (traffic.protocol) {
    case "all":
      return [["", { protocol: "all" }]];
    case "icmp": {
      const { type, code } = traffic;
      const icmp = { type, ...(code !== undefined && { code }) };
      return [["", { protocol: "1", icmp_options: [icmp] }]];
    }
    case "tcp":
      return traffic.ports.map((range) => [
        `_${range.min}`,
        { protocol: "6", tcp_options: portOptions(range) },
      ]);
    case "udp":
      return traffic.ports.map((range) => [
        `_${range.min}`,
        { protocol: "17", udp_options: portOptions(range) },
      ]);
  }
}

function portOptions(range: PortRange) {
  return [{ destination_port_range: [range] }];
}
