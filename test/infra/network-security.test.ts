import { describe, expect, it } from "vitest";
import { FLOWS, ROLES, type Flow, type Party, type Role } from "../../infra/flows.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { resourcesOf, synthesize, textOf, type JsonObject } from "./synthesized.ts";
import { EXISTING_NETWORK, someSettings } from "./test-settings.ts";

const RULE_TYPE = "oci_core_network_security_group_security_rule";

/** What a rule lets through, without its name and description. */
interface Passage {
  readonly group: Role;
  readonly direction: "in" | "out";
  /** A role, a CIDR, or the label of all services. */
  readonly other: string;
  readonly traffic: string;
}

function roleOf(groupOcid: unknown): Role | undefined {
  return ROLES.find(
    (role) => groupOcid === `\${oci_core_network_security_group.security_group_${role}.id}`,
  );
}

function rulesOf(settings: Partial<ClusterSettings> = {}): JsonObject[] {
  return Object.values(resourcesOf(synthesize(settings), RULE_TYPE));
}

const RULES = rulesOf();

function toPassage(rule: JsonObject): Passage {
  const isIngress = rule["direction"] === "INGRESS";
  const other = textOf(rule, isIngress ? "source" : "destination");
  const otherType = isIngress ? rule["source_type"] : rule["destination_type"];
  const group = roleOf(rule["network_security_group_id"]);
  if (group === undefined) throw new Error(`a rule of an unknown group: ${JSON.stringify(rule)}`);
  expect(otherType).toBe(expectedType(other));
  return {
    group,
    direction: isIngress ? "in" : "out",
    other: roleOf(other) ?? other,
    traffic: [rule["protocol"], rule["tcp_options"], rule["udp_options"], rule["icmp_options"]]
      .filter((part) => part !== undefined)
      .map((part) => JSON.stringify(part))
      .join(" "),
  };
}

function expectedType(other: string): string {
  if (other.includes("oci_core_services")) return "SERVICE_CIDR_BLOCK";
  return other.startsWith("${") ? "NETWORK_SECURITY_GROUP" : "CIDR_BLOCK";
}

const OTHER_ENDS: Readonly<Record<Party, readonly string[]>> = {
  management: ["management"],
  compute: ["compute"],
  fileServer: ["fileServer"],
  sshCidrs: someSettings().access.sshCidrs,
  internet: ["0.0.0.0/0"],
  ociServices: ["${data.oci_core_services.oci_services.services[0].cidr_block}"],
};

function trafficOf({ traffic }: Flow): string[] {
  const json = (value: unknown): string => JSON.stringify(value);
  const ports = (min: number, max: number) => json([{ destination_port_range: [{ max, min }] }]);
  switch (traffic.protocol) {
    case "all":
      return ['"all"'];
    case "icmp": {
      const { type, code } = traffic;
      return [`"1" ${json([code === undefined ? { type } : { code, type }])}`];
    }
    case "tcp":
      return traffic.ports.map(({ min, max }) => `"6" ${ports(min, max)}`);
    case "udp":
      return traffic.ports.map(({ min, max }) => `"17" ${ports(min, max)}`);
  }
}

function isRole(party: Party): party is Role {
  return (ROLES as readonly Party[]).includes(party);
}

function passagesOf(flow: Flow): Passage[] {
  return flow.from.flatMap((from) =>
    trafficOf(flow).flatMap((traffic) => {
      const { to } = flow;
      const out: Passage[] = isRole(from)
        ? OTHER_ENDS[to].map((other) => ({ group: from, direction: "out", other, traffic }))
        : [];
      const into: Passage[] = isRole(to)
        ? OTHER_ENDS[from].map((other) => ({ group: to, direction: "in", other, traffic }))
        : [];
      return [...out, ...into];
    }),
  );
}

function sorted(passages: readonly Passage[]): string[] {
  return passages
    .map(({ group, direction, other, traffic }) => `${group} ${direction} ${other} ${traffic}`)
    .sort();
}

describe("the network security groups", () => {
  it.each([["a new", {}] as const, ["an existing", { network: EXISTING_NETWORK }] as const])(
    "have the rules of both ends of each flow and no others: %s network",
    (_, settings) => {
      expect(sorted(rulesOf(settings).map(toPassage))).toEqual(sorted(FLOWS.flatMap(passagesOf)));
    },
  );

  it("let nothing but the settings' CIDRs and no other role reach port 22 of the management node", () => {
    const reaching = RULES.map(toPassage)
      .filter(({ group, direction }) => group === "management" && direction === "in")
      .filter(({ traffic }) => traffic === '"all"' || /^"6".*"max":22\D/.test(traffic));
    expect(reaching.map(({ other }) => other).sort()).toEqual(
      [...someSettings().access.sshCidrs].sort(),
    );
  });

  it("let no range of ports in that has 22 in it", () => {
    const ranges = RULES.flatMap((rule) => JSON.stringify(rule).match(/"max":\d+,"min":\d+/g));
    const wide = ranges.filter((range) => {
      const [max = 0, min = 0] = (range?.match(/\d+/g) ?? []).map(Number);
      return min < 22 && max >= 22;
    });
    expect(ranges.length).toBeGreaterThan(10);
    expect(wide).toEqual([]);
  });

  it("let nothing in from everywhere but ICMP type 3, for path MTU", () => {
    const everywhere = RULES.map(toPassage).filter(
      ({ direction, other }) => direction === "in" && other === "0.0.0.0/0",
    );
    expect(everywhere.map(({ traffic }) => traffic)).toEqual([
      '"1" [{"code":4,"type":3}]',
      '"1" [{"code":4,"type":3}]',
    ]);
  });

  it("let the file server open no connection", () => {
    const out = RULES.map(toPassage).filter(
      ({ group, direction }) => group === "fileServer" && direction === "out",
    );
    expect(out).toEqual([]);
  });

  it("let compute nodes reach nothing on the management node but the ports of flows", () => {
    const ports = RULES.map(toPassage)
      .filter(
        ({ group, direction, other }) =>
          group === "management" && direction === "in" && other === "compute",
      )
      .flatMap(({ traffic }) => /"max":(\d+)/.exec(traffic)?.[1] ?? []);
    expect(ports.map(Number).sort((a, b) => a - b)).toEqual([636, 6817, 6819, 63000]);
  });

  it("are of our compartment and of the VCN, with the cluster's tag", () => {
    const groups = resourcesOf(
      synthesize({ network: EXISTING_NETWORK }),
      "oci_core_network_security_group",
    );
    expect(Object.keys(groups)).toHaveLength(ROLES.length);
    for (const group of Object.values(groups))
      expect(group).toMatchObject({
        compartment_id: someSettings().compartmentOcid,
        vcn_id: EXISTING_NETWORK.kind === "existing" && EXISTING_NETWORK.vcnOcid,
        freeform_tags: { cluster: expect.stringMatching(/^lab-\$\{/) as unknown },
      });
  });

  it("have room in OCI's limits: 120 rules a group, descriptions of 255 characters", () => {
    for (const role of ROLES)
      expect(RULES.filter((rule) => toPassage(rule).group === role).length).toBeLessThan(60);
    for (const rule of RULES) expect(textOf(rule, "description").length).toBeLessThanOrEqual(255);
  });
});

describe("FLOWS", () => {
  it("has each name once, fit for the name of a resource", () => {
    const names = FLOWS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it("has no flow with the internet in or out but web, SSH and path MTU", () => {
    const names = FLOWS.filter(({ from, to }) =>
      [...from, to].some((party) => party === "internet" || party === "sshCidrs"),
    ).map(({ name }) => name);
    expect(names).toEqual(["ssh", "path_mtu_of_management", "path_mtu_of_nodes", "web"]);
  });
});
