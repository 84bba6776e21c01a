import type { Construct } from "constructs";
import type { Cluster } from "./cluster.ts";
import { OciDataSource } from "./oci-resource.ts";

/** Names differ from tenancy to tenancy (Uocm:PHX-AD-1), so that they are asked for. All strings are expressions. */
export interface AvailabilityDomains {
  /** @param number 1 to 3, one of the settings' */
  readonly availabilityDomainOf: (number: number) => string;
  /** A name without its last digit, as nodectl's `ad_root` wants it. */
  readonly root: string;
}

/** A plan ends here when the region does not have the availability domains of the settings. */
export function lookUpAvailabilityDomains(
  scope: Construct,
  { settings }: Cluster,
): AvailabilityDomains {
  const { management, fileSystem } = settings.availabilityDomains;
  const { fqn } = new OciDataSource(
    scope,
    "availability_domains",
    "oci_identity_availability_domains",
    { compartment_id: settings.compartmentOcid },
    {
      lifecycle: {
        postcondition: [...new Set([management, fileSystem])].map((number) => ({
          condition: `\${length(${namesOf("self", number)}) == 1}`,
          errorMessage: `cluster.yaml asks for availability domain ${number}, and ${settings.region} has \${length(self.availability_domains)}: \${join(", ", self.availability_domains[*].name)}. Write the last digit of one of them.`,
        })),
      },
    },
  );
  const availabilityDomainOf = (number: number) => `\${${namesOf(fqn, number)}[0]}`;
  return {
    availabilityDomainOf,
    root: `\${trimsuffix(${namesOf(fqn, management)}[0], "${management}")}`,
  };
}

function namesOf(dataSource: string, number: number): string {
  return `[for domain in ${dataSource}.availability_domains : domain.name if endswith(domain.name, "-AD-${number}")]`;
}
