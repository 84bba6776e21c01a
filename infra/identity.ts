import { TerraformOutput, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import type { Cluster } from "./cluster.ts";
import { OciDataSource, OciProvider, OciResource } from "./oci-resource.ts";
import { policyStatements, type PolicyStatements } from "./policy-statements.ts";
import type { ClusterSettings, DefinedTag } from "./settings.ts";

interface IdentityParts {
  readonly managementInstanceOcid: string;
  /** undefined: the cluster's own. */
  readonly networkCompartmentOcid: string | undefined;
}

/**
 * What lets nodectl on the management node, and nothing else, call OCI. The group is made after the instance, because
 * its rule names the instance: OCI takes some minutes to act on it, and the machine needs as many to set itself up.
 */
export function createIdentity(
  scope: Construct,
  cluster: Cluster,
  managementInstanceOcid: string,
): void {
  const { identity } = cluster.settings;
  const networkCompartmentOcid = lookUpNetworkCompartment(scope, cluster.settings);
  const parts = { managementInstanceOcid, networkCompartmentOcid };
  switch (identity.mode) {
    case "create":
      createGroupAndPolicies(scope, cluster, parts, identity.definedTag);
      break;
    case "existing":
      createRuleOutput(scope, managementInstanceOcid);
      createStatementsOutput(scope, cluster, parts, "dynamic-group");
      break;
    case "config_file":
      createStatementsOutput(scope, cluster, parts, "group");
      break;
  }
}

/**
 * By the instance's own OCID and nothing else. The compartment alone would match the compute nodes, on which anybody's
 * jobs run; a tag can be given to other instances by whoever may use its namespace, the management node included.
 */
export function matchingRule(managementInstanceOcid: string): string {
  return `ALL {instance.id = '${managementInstanceOcid}'}`;
}

function createGroupAndPolicies(
  scope: Construct,
  cluster: Cluster,
  { managementInstanceOcid, networkCompartmentOcid }: IdentityParts,
  definedTag: DefinedTag | undefined,
): void {
  const { compartmentOcid, tenancyOcid } = cluster.settings;
  if (tenancyOcid === undefined) throw new Error("identity.mode create without a tenancy");
  checkHomeRegion(scope, cluster.settings, tenancyOcid);
  const home = createHomeProvider(scope, cluster.settings);
  const meta = home === undefined ? {} : { provider: home };
  const group = createGroup(scope, cluster, { tenancyOcid, managementInstanceOcid, meta });
  const statements = policyStatements({
    subject: `dynamic-group id ${group.ocid}`,
    compartmentOcid,
    networkCompartmentOcid,
    definedTag,
    clusterId: cluster.id,
  });
  const compartments = {
    compartment: compartmentOcid,
    network: networkCompartmentOcid ?? compartmentOcid,
    tenancy: tenancyOcid,
  };
  createPolicies(scope, cluster, { statements, compartments, meta });
}

interface GroupParts {
  readonly tenancyOcid: string;
  readonly managementInstanceOcid: string;
  readonly meta: TerraformMetaArguments;
}

function createGroup(
  scope: Construct,
  { id, tags }: Cluster,
  { tenancyOcid, managementInstanceOcid, meta }: GroupParts,
): OciResource<"oci_identity_dynamic_group"> {
  return new OciResource(
    scope,
    "management_group",
    "oci_identity_dynamic_group",
    {
      compartment_id: tenancyOcid,
      name: groupName(id),
      description: `The management node of the cluster ${id}`,
      matching_rule: matchingRule(managementInstanceOcid),
      freeform_tags: tags,
    },
    meta,
  );
}

interface PolicyParts {
  readonly statements: PolicyStatements;
  readonly compartments: Readonly<Record<keyof PolicyStatements, string>>;
  readonly meta: TerraformMetaArguments;
}

function createPolicies(
  scope: Construct,
  { id, tags }: Cluster,
  { statements, compartments, meta }: PolicyParts,
): void {
  const places = (["compartment", "network", "tenancy"] as const).filter(
    (place) => statements[place].length > 0,
  );
  for (const place of places) {
    new OciResource(
      scope,
      `management_policy_${place}`,
      "oci_identity_policy",
      {
        compartment_id: compartments[place],
        name: `${groupName(id)}-${place}`,
        description: `What the management node of the cluster ${id} may do`,
        statements: statements[place],
        freeform_tags: tags,
      },
      meta,
    );
  }
}

/** Networks of others may lie in a compartment of theirs, which no policy of the cluster's compartment reaches. */
function lookUpNetworkCompartment(
  scope: Construct,
  { network }: ClusterSettings,
): string | undefined {
  if (network.kind === "new") return undefined;
  const subnet = new OciDataSource(scope, "network_compartment", "oci_core_subnet", {
    subnet_id: network.computeSubnetOcid,
  });
  return subnet.getStringAttribute("compartment_id");
}

/** A plan ends here. Without it OCI would refuse the group when all else is made. */
function checkHomeRegion(
  scope: Construct,
  { homeRegion }: ClusterSettings,
  tenancyOcid: string,
): void {
  const homes = "[for it in self.region_subscriptions : it.region_name if it.is_home_region]";
  new OciDataSource(
    scope,
    "regions",
    "oci_identity_region_subscriptions",
    { tenancy_id: tenancyOcid },
    {
      lifecycle: {
        postcondition: [
          {
            condition: `\${contains(${homes}, ${JSON.stringify(homeRegion)})}`,
            errorMessage: `The tenancy's home region is \${join(", ", ${homes})}, not ${homeRegion}, and OCI takes changes of identity there only. Write it into cluster.yaml as home_region:.`,
          },
        ],
      },
    },
  );
}

/** OCI takes changes of identity in the tenancy's home region only; a second provider, only where that is another one. */
function createHomeProvider(
  scope: Construct,
  { region, homeRegion, ociProfile }: ClusterSettings,
): OciProvider | undefined {
  if (region === homeRegion) return undefined;
  const attributes = { region: homeRegion, config_file_profile: ociProfile };
  return new OciProvider(scope, "oci_home", attributes, "home");
}

/** For whoever may create IAM, who is somebody else: the statements are complete, but for the group. */
function createStatementsOutput(
  scope: Construct,
  { settings, id }: Cluster,
  { networkCompartmentOcid }: IdentityParts,
  kind: "dynamic-group" | "group",
): void {
  const statements = policyStatements({
    subject: `${kind} ${groupName(id)}`,
    compartmentOcid: settings.compartmentOcid,
    networkCompartmentOcid,
    definedTag: undefined,
    clusterId: id,
  });
  new TerraformOutput(scope, "policy_statements", {
    value: [...statements.compartment, ...statements.network],
    description: `The policy statements that the ${kind} ${groupName(id)} needs; in another identity domain than Default write 'DOMAIN'/'NAME' for the name`,
  });
}

function createRuleOutput(scope: Construct, managementInstanceOcid: string): void {
  new TerraformOutput(scope, "dynamic_group_rule", {
    value: matchingRule(managementInstanceOcid),
    description: "The matching rule of the dynamic group; it changes when the instance is replaced",
  });
}

function groupName(clusterId: string): string {
  return `${clusterId}-management`;
}
