import { type Finding, wrong } from "../../domain/doctor/finding.ts";
import { describeAnswer, OciCallError } from "../../oci/oci-errors.ts";
import type { OciFailure } from "../../oci/provider.ts";

/** What a call needs of the tenancy. */
export interface Policy {
  /** A verb and a resource type of OCI's policy language. */
  readonly grant: string;
  /** The key of startnode.yaml that the call depends on. */
  readonly setting: string;
  readonly value: string;
}

export function policyFor(grant: string, setting: string, value: string): Policy {
  return { grant, setting, value };
}

/** Makes a call that changes nothing; what OCI refuses becomes a finding that names the policy. */
export async function tryCall(
  policy: Policy,
  call: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof OciCallError)) throw error;
    const { failure } = error;
    return [wrong(`${failure.operation}: ${describeAnswer(failure)}`, fixOf(failure, policy))];
  }
}

function fixOf(failure: OciFailure, { grant, setting, value }: Policy): string {
  const { status, class: failureClass } = failure;
  if (status === 401) return "see Clock, and that key, fingerprint and region belong together";
  if (failureClass === "auth") {
    return `allow dynamic-group GROUP to ${grant} in compartment NAME, or correct ${setting} (${value}) in startnode.yaml`;
  }
  if (failureClass === "config") return `correct ${setting} (${value}) in startnode.yaml`;
  if (failureClass === "transport") return "check the route to OCI (service gateway, proxy)";
  return "run citc doctor again in a minute; if it stays, ask Oracle's support";
}
