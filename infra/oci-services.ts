import type { Construct } from "constructs";
import { OciDataSource } from "./oci-resource.ts";

/** All services of the region, as the service gateway knows them. Both strings are expressions. */
export interface OciServices {
  readonly ocid: string;
  /** Stands for their addresses in routes and rules, such as all-fra-services-in-oracle-services-network. */
  readonly cidrLabel: string;
}

/** There are two such services in a region: this one, and Object Storage alone ("Access to Oracle Services"). */
export function lookUpOciServices(scope: Construct): OciServices {
  const { fqn } = new OciDataSource(scope, "oci_services", "oci_core_services", {
    filter: [{ name: "name", values: ["All .* Services In Oracle Services Network"], regex: true }],
  });
  return {
    ocid: `\${${fqn}.services[0].id}`,
    cidrLabel: `\${${fqn}.services[0].cidr_block}`,
  };
}
