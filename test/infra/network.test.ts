import { describe, expect, it } from "vitest";
import { onlyResourceOf, resourcesOf, synthesize, textOf, type JsonObject } from "./synthesized.ts";
import { EXISTING_NETWORK } from "./test-settings.ts";

const SUBNET = "oci_core_subnet";
const SECURITY_RULE = "oci_core_network_security_group_security_rule";

const STACK = synthesize();

function subnet(name: "management" | "compute"): JsonObject {
  return resourcesOf(STACK, SUBNET)[`${name}_subnet`] ?? {};
}

function routesOf(name: "management" | "compute"): unknown {
  const routeTable = /oci_core_route_table\.(\w+)\.id/.exec(textOf(subnet(name), "route_table_id"));
  const tables = resourcesOf(STACK, "oci_core_route_table");
  return tables[routeTable?.[1] ?? ""]?.["route_rules"];
}

const SERVICES = "data.oci_core_services.oci_services.services[0]";

describe("a new network", () => {
  it("has the CIDRs of the settings", () => {
    expect(onlyResourceOf(STACK, "oci_core_vcn")).toMatchObject({
      cidr_blocks: ["10.0.0.0/16"],
    });
    expect(subnet("management")).toMatchObject({ cidr_block: "10.0.0.0/24" });
    expect(subnet("compute")).toMatchObject({ cidr_block: "10.0.16.0/20" });
  });

  it("gives compute nodes no public address", () => {
    expect(subnet("compute")).toMatchObject({
      prohibit_public_ip_on_vnic: true,
      prohibit_internet_ingress: true,
    });
    expect(subnet("management")).toMatchObject({ prohibit_public_ip_on_vnic: false });
  });

  it("does not leave the subnets to the VCN's default security list", () => {
    const list = "${oci_core_security_list.no_rules.id}";
    for (const role of ["management", "compute"] as const)
      expect(subnet(role)).toMatchObject({ security_list_ids: [list] });
    const { no_rules } = resourcesOf(STACK, "oci_core_security_list");
    expect(Object.keys(no_rules ?? {}).filter((word) => word.endsWith("_rules"))).toEqual([]);
    expect(no_rules).toBeDefined();
  });

  it("sends the management node's traffic through the internet gateway alone", () => {
    expect(routesOf("management")).toMatchObject([
      {
        destination: "0.0.0.0/0",
        network_entity_id: "${oci_core_internet_gateway.internet_gateway.id}",
      },
    ]);
  });

  it("sends the nodes' traffic through NAT, and to OCI's services through the service gateway", () => {
    expect(routesOf("compute")).toMatchObject([
      { destination: "0.0.0.0/0", network_entity_id: "${oci_core_nat_gateway.nat_gateway.id}" },
      {
        destination: `\${${SERVICES}.cidr_block}`,
        destination_type: "SERVICE_CIDR_BLOCK",
        network_entity_id: "${oci_core_service_gateway.service_gateway.id}",
      },
    ]);
    expect(onlyResourceOf(STACK, "oci_core_service_gateway")).toMatchObject({
      services: [{ service_id: `\${${SERVICES}.id}` }],
    });
  });

  it("asks for all services of the region, not for Object Storage alone", () => {
    const { filter } = STACK.data?.["oci_core_services"]?.["oci_services"] ?? {};
    const [{ values = [], regex } = {}] = filter as { values?: string[]; regex?: boolean }[];
    const pattern = new RegExp(values.join());
    expect(regex).toBe(true);
    expect("All FRA Services In Oracle Services Network").toMatch(pattern);
    expect("OCI FRA Object Storage").not.toMatch(pattern);
  });

  it("makes short names of compute nodes resolve in both subnets", () => {
    const options = onlyResourceOf(STACK, "oci_core_dhcp_options");
    expect(options).toMatchObject({
      options: [
        { type: "DomainNameServer", server_type: "VcnLocalPlusInternet" },
        {
          type: "SearchDomain",
          search_domain_names: [
            `${textOf(subnet("compute"), "dns_label")}.\${oci_core_vcn.vcn.vcn_domain_name}`,
          ],
        },
      ],
    });
    for (const role of ["management", "compute"] as const)
      expect(subnet(role)["dhcp_options_id"]).toBe("${oci_core_dhcp_options.dhcp_options.id}");
  });

  it("has DNS labels that OCI takes, also with the longest name", () => {
    const stack = synthesize({ name: "abcdefghijklmno" });
    const labels = [
      ...Object.values(resourcesOf(stack, "oci_core_vcn")),
      ...Object.values(resourcesOf(stack, SUBNET)),
    ].map((resource) => resource["dns_label"]);
    expect(labels).toHaveLength(3);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9]{0,14}$/);
  });
});

describe("an existing network", () => {
  const stack = synthesize({ network: EXISTING_NETWORK });

  it("gets nothing but security groups, their rules and the management node", () => {
    const ours = ["oci_core_instance", "oci_core_network_security_group", SECURITY_RULE];
    const types = Object.keys(stack.resource ?? {}).filter((type) => type.startsWith("oci_core_"));
    expect(types.filter((type) => !ours.includes(type))).toEqual([]);
    expect(types).toContain(SECURITY_RULE);
  });

  it("is refused in the plan when a subnet is of another VCN, was made for another cluster, or has no DNS label", () => {
    for (const role of ["management", "compute"]) {
      const lifecycle = stack.data?.[SUBNET]?.[`${role}_subnet`]?.["lifecycle"];
      expect(lifecycle).toMatchObject({
        postcondition: [
          {
            condition: '${self.vcn_id == "ocid1.vcn.oc1..vcn"}',
            error_message: expect.stringContaining(`ocid1.subnet.oc1..${role}`) as unknown,
          },
          { condition: expect.stringContaining('freeform_tags["cluster"]') as unknown },
          { condition: "${try(length(self.dns_label), 0) > 0}" },
        ],
      });
    }
  });
});
