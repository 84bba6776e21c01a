import type { Problem } from "../nodectl/domain/problem.ts";
import type { Checked } from "../nodectl/domain/result.ts";
import { readInputFile } from "../nodectl/files/input-file.ts";
import { parsePositionedYaml } from "../nodectl/files/positioned-yaml.ts";
import type { GitCheckout } from "./git-checkout.ts";
import type { ClusterSettings } from "./settings.ts";
import { accessOf } from "./settings-file/access.ts";
import { ansibleOf } from "./settings-file/ansible.ts";
import type { Environment } from "./settings-file/environment.ts";
import { Findings } from "./settings-file/findings.ts";
import { identityOf } from "./settings-file/identity.ts";
import { managementOf } from "./settings-file/management.ts";
import { networkOf } from "./settings-file/network.ts";
import {
  looksLikePrivateKey,
  PRIVATE_KEY_FIX,
  PRIVATE_KEY_MESSAGE,
} from "./settings-file/secrets.ts";
import { findSettings, type FoundSettings } from "./settings-file/source.ts";

/** What the settings depend on besides the file. */
export interface Surroundings {
  /** Its variables `CITC_…` win over the file. */
  readonly environment: Environment;
  /** Gives the playbooks' repository and ref when the file does not. */
  readonly checkout: GitCheckout;
}

export interface CheckedSettings {
  readonly settings: ClusterSettings;
  /** What is allowed, and perhaps not meant. */
  readonly warnings: readonly Problem[];
}

/** Reads cluster.yaml: the settings, or everything that is wrong with them. `file` is also what messages call it. */
export async function readSettings(
  file: string,
  surroundings: Surroundings,
): Promise<Checked<CheckedSettings>> {
  const text = await readInputFile(file);
  return text.kind === "valid" ? parseSettings(text.value, file, surroundings) : text;
}

export function parseSettings(
  text: string,
  file: string,
  { environment, checkout }: Surroundings,
): Checked<CheckedSettings> {
  const privateKey = privateKeyProblem(text, file);
  if (privateKey !== undefined) return { kind: "invalid", problems: [privateKey] };
  const root = parsePositionedYaml(text, file);
  if (root.kind === "invalid") return root;
  const findings = new Findings();
  const found = findSettings(root.value, file, environment, findings);
  const settings = settingsOf(found, checkout, findings);
  const { problems, warnings } = findings;
  if (problems.length > 0) return { kind: "invalid", problems };
  if (settings === null) throw new Error(`no settings from ${file}, and no problem with it`);
  return { kind: "valid", value: { settings, warnings } };
}

/** Said alone: the text goes no further, not even into a message about its YAML. */
function privateKeyProblem(text: string, file: string): Problem | undefined {
  const index = text.split("\n").findIndex(looksLikePrivateKey);
  if (index < 0) return undefined;
  return { file, line: index + 1, message: PRIVATE_KEY_MESSAGE, fix: PRIVATE_KEY_FIX };
}

/** Each part is looked at whatever the others are, so that all is said at once. */
function settingsOf(
  found: FoundSettings,
  checkout: GitCheckout,
  findings: Findings,
): ClusterSettings | null {
  const management = managementOf(found, findings);
  const network = networkOf(found, findings);
  const access = accessOf(found, findings);
  const ansible = ansibleOf(found, checkout, findings);
  const identity = identityOf(found, findings);
  const {
    name,
    region,
    compartment,
    tenancy,
    home_region: homeRegion,
    oci_profile: ociProfile,
    keep_file_system: keepFileSystem,
    "availability_domains.management": managementDomain,
    "availability_domains.file_system": fileSystemDomain,
  } = found;
  if (!management || !network || !access || !ansible || !identity) return null;
  if (!name || !region || !homeRegion || !compartment || !tenancy || !ociProfile) return null;
  if (!keepFileSystem || !managementDomain || !fileSystemDomain) return null;
  return {
    name: name.value,
    region: region.value,
    homeRegion: homeRegion.value ?? region.value,
    tenancyOcid: tenancy.value,
    compartmentOcid: compartment.value,
    ociProfile: ociProfile.value,
    availabilityDomains: {
      management: managementDomain.value,
      fileSystem: fileSystemDomain.value,
    },
    management,
    network,
    access,
    ansible,
    identity,
    keepFileSystem: keepFileSystem.value === "true",
  };
}
