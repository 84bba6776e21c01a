import { permissionsIn, type Permission } from "./permissions.ts";
import type { DefinedTag } from "./settings.ts";

export interface PolicyQuestion {
  /** Who is allowed, as a statement names it: `dynamic-group id ocid1.…`, `group NAME`. */
  readonly subject: string;
  readonly compartmentOcid: string;
  /** undefined: the network lies in the cluster's compartment. */
  readonly networkCompartmentOcid: string | undefined;
  /** Instances are launched with this tag and the cluster's id as its value, and no others may be terminated. */
  readonly definedTag: DefinedTag | undefined;
  readonly clusterId: string;
}

/** A policy's statements reach its own compartment and those below: each place has its own policy. */
export interface PolicyStatements {
  readonly compartment: readonly string[];
  /** Empty where the network lies in the cluster's compartment. */
  readonly network: readonly string[];
  /** Of the root compartment: tag namespaces live there as a rule. Empty without a defined tag. */
  readonly tenancy: readonly string[];
}

/** The statements of IAM's policy language that grant what permissions.ts lists. Pure. */
export function policyStatements(question: PolicyQuestion): PolicyStatements {
  const { networkCompartmentOcid, compartmentOcid } = question;
  const own = permissionsIn("compartment");
  const network = permissionsIn("network");
  const isOneCompartment = networkCompartmentOcid === undefined;
  const all = isOneCompartment ? [...new Set([...own, ...network])] : own;
  return {
    compartment: grants(question, all, compartmentOcid),
    network: isOneCompartment ? [] : grants(question, network, networkCompartmentOcid),
    tenancy: tagStatements(question),
  };
}

function grants(
  { subject, definedTag, clusterId }: PolicyQuestion,
  permissions: readonly Permission[],
  compartmentOcid: string,
): readonly string[] {
  const where = locationOf(compartmentOcid);
  const verbs = permissions.filter((permission) => permission.includes(" "));
  const isTagged = (permission: Permission): boolean =>
    definedTag !== undefined && permission === "INSTANCE_DELETE";
  const plain = permissions.filter((name) => !verbs.includes(name) && !isTagged(name));
  const tagged = permissions.filter(isTagged);
  return [
    `Allow ${subject} to {${plain.join(", ")}} ${where}`,
    ...tagged.map(
      (name) => `Allow ${subject} to {${name}} ${where}${condition(definedTag, clusterId)}`,
    ),
    ...verbs.map((verb) => `Allow ${subject} to ${verb} ${where}`),
  ];
}

/**
 * Of the things that are deleted only the instance itself carries the tag: its VNIC and the console's copies do not, and
 * a condition on their permissions would deny every termination.
 */
function condition(tag: DefinedTag | undefined, clusterId: string): string {
  if (tag === undefined) return "";
  return ` where target.resource.tag.${tag.namespace}.${tag.key} = '${clusterId}'`;
}

/** LaunchInstance with a defined tag needs the right to use its namespace ("Managing Tags and Tag Namespaces"). */
function tagStatements({ subject, definedTag }: PolicyQuestion): readonly string[] {
  if (definedTag === undefined) return [];
  const where = `where target.tag-namespace.name = '${definedTag.namespace}'`;
  return [`Allow ${subject} to use tag-namespaces in tenancy ${where}`];
}

/** The root compartment has no name of its own in the policy language. */
function locationOf(compartmentOcid: string): string {
  return compartmentOcid.startsWith("ocid1.tenancy.")
    ? "in tenancy"
    : `in compartment id ${compartmentOcid}`;
}
