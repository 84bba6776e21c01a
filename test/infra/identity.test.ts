import { describe, expect, it } from "vitest";
import { createIdentity, matchingRule } from "../../infra/identity.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { COMPARTMENT, EXISTING_NETWORK, TENANCY } from "./test-settings.ts";
import { onlyResourceOf, synthesizePart, type SynthesizedStack } from "./synthesized.ts";

const INSTANCE = "${oci_core_instance.management.id}";

function synthesizeIdentity(changes: Partial<ClusterSettings> = {}): SynthesizedStack {
  return synthesizePart((scope, cluster) => {
    createIdentity(scope, cluster, INSTANCE);
  }, changes);
}

function statementsOf(of: SynthesizedStack, place: string): string[] {
  return onlyResourceOf(of, "oci_identity_policy", `management_policy_${place}`)[
    "statements"
  ] as string[];
}

describe("the dynamic group", () => {
  it("has one member, the management instance, which is named by its OCID", () => {
    const group = onlyResourceOf(synthesizeIdentity(), "oci_identity_dynamic_group");
    expect(group["matching_rule"]).toBe(`ALL {instance.id = '${INSTANCE}'}`);
    expect(group["compartment_id"]).toBe(TENANCY);
  });

  it.each(["compartment", "tag"])("has no rule by %s, which compute nodes could match", (word) => {
    expect(matchingRule(INSTANCE)).not.toContain(word);
  });
});

describe("the policy", () => {
  it("stands in the cluster's compartment and speaks of the group by its OCID", () => {
    const all = synthesizeIdentity();
    const policy = onlyResourceOf(all, "oci_identity_policy");
    expect(policy["compartment_id"]).toBe(COMPARTMENT);
    for (const statement of statementsOf(all, "compartment")) {
      expect(statement).toMatch(
        /^Allow dynamic-group id \$\{oci_identity_dynamic_group\.management_group\.id\} to /,
      );
      expect(statement).toMatch(new RegExp(`in compartment id ${COMPARTMENT}$`));
    }
  });

  it("names permissions, and a verb only for service limits", () => {
    const verbs = statementsOf(synthesizeIdentity(), "compartment").filter(
      (statement) => !statement.includes("{INSTANCE_"),
    );
    expect(verbs).toEqual([expect.stringContaining(" to read resource-availability in ")]);
  });

  it("does not let the management node change networks, make images or touch identity", () => {
    const all = statementsOf(synthesizeIdentity(), "compartment").join();
    expect(all).not.toMatch(
      / manage |-family|_(CREATE|DELETE|UPDATE)_RULES|IMAGE_CREATE|VOLUME_DELETE|POLICY|GROUP_CREATE/,
    );
  });

  it("reaches a network of another compartment through a policy there", () => {
    const all = synthesizeIdentity({
      network: EXISTING_NETWORK,
    });
    const [network = ""] = statementsOf(all, "network");
    const compartment = "${data.oci_core_subnet.network_compartment.compartment_id}";
    expect(onlyResourceOf(all, "oci_identity_policy", "management_policy_network")).toMatchObject({
      compartment_id: compartment,
    });
    expect(network).toContain(`in compartment id ${compartment}`);
    expect(network).toContain("SUBNET_ATTACH");
    expect(network).not.toContain("INSTANCE_CREATE");
    expect(statementsOf(all, "compartment").join()).not.toContain("SUBNET_ATTACH");
  });
});

describe("with a defined tag", () => {
  const identity = { mode: "create", definedTag: { namespace: "HPC", key: "cluster" } } as const;

  it("only instances of this cluster may be terminated", () => {
    const deleting = statementsOf(synthesizeIdentity({ identity }), "compartment").filter(
      (statement) => statement.includes("INSTANCE_DELETE"),
    );
    expect(deleting).toHaveLength(1);
    expect(deleting[0]).toMatch(
      /\{INSTANCE_DELETE\} in .* where target\.resource\.tag\.HPC\.cluster = 'lab-\$\{substr/,
    );
  });

  it("the namespace may be used, which stands in the root compartment", () => {
    const all = synthesizeIdentity({ identity });
    const policy = onlyResourceOf(all, "oci_identity_policy", "management_policy_tenancy");
    expect(policy["compartment_id"]).toBe(TENANCY);
    expect(policy["statements"]).toEqual([
      expect.stringMatching(
        /use tag-namespaces in tenancy where target\.tag-namespace\.name = 'HPC'$/,
      ),
    ]);
  });
});

describe("the home region", () => {
  it("needs no second provider when the cluster is in it", () => {
    const all = synthesizeIdentity();
    expect(all.provider).toBeUndefined();
    expect(onlyResourceOf(all, "oci_identity_dynamic_group")["provider"]).toBeUndefined();
  });

  it("is where group and policy are made when it is another one", () => {
    const all = synthesizeIdentity({ homeRegion: "us-ashburn-1" });
    expect(all.provider?.["oci"]).toEqual([
      { alias: "home", region: "us-ashburn-1", config_file_profile: "DEFAULT" },
    ]);
    for (const type of ["oci_identity_dynamic_group", "oci_identity_policy"]) {
      expect(onlyResourceOf(all, type)["provider"]).toBe("oci.home");
    }
  });
});

describe("where somebody else makes IAM", () => {
  it.each(["existing", "config_file"] as const)(
    "%s makes none of it, and no home provider",
    (mode) => {
      const all = synthesizeIdentity({ identity: { mode }, homeRegion: "us-ashburn-1" });
      expect(all.resource?.["oci_identity_policy"]).toBeUndefined();
      expect(all.resource?.["oci_identity_dynamic_group"]).toBeUndefined();
      expect(all.provider).toBeUndefined();
    },
  );

  it("prints the rule and the statements that the group needs, the same as it would make", () => {
    const { output } = synthesizeIdentity({ identity: { mode: "existing" } });
    const printed = output?.["policy_statements"]?.value as string[];
    const made = statementsOf(synthesizeIdentity(), "compartment");
    const rights = (statement: string): string => statement.replace(/^.*? to /, "");
    expect(output?.["dynamic_group_rule"]?.value).toBe(matchingRule(INSTANCE));
    expect(printed.map(rights)).toEqual(made.map(rights));
    expect(printed[0]).toMatch(/^Allow dynamic-group lab-\$\{substr\(.*\)\}-management to /);
  });

  it("prints statements for a user's group where an API key is used", () => {
    const { output } = synthesizeIdentity({ identity: { mode: "config_file" } });
    expect(output?.["dynamic_group_rule"]).toBeUndefined();
    expect(output?.["policy_statements"]?.value).toEqual([
      expect.stringMatching(/^Allow group lab-/),
      expect.stringMatching(/^Allow group lab-/),
    ]);
  });
});

it("a cluster in the root compartment is allowed what it needs in the tenancy", () => {
  const all = synthesizeIdentity({ compartmentOcid: TENANCY });
  for (const statement of statementsOf(all, "compartment"))
    expect(statement).toMatch(/ in tenancy$/);
});
