import type { AuthConfig } from "../../domain/config.ts";
import { type Finding, ok, wrong } from "../../domain/doctor/finding.ts";
import type { NodeGroup } from "../../domain/launch-specification.ts";
import { parseNodesFile } from "../../domain/nodes-file.ts";
import type { Instance } from "../../oci/provider.ts";
import type { Cloud, DoctorContext } from "./doctor-context.ts";
import { readIfThere } from "./look-at-files.ts";

/** The cloud once it is open, and what several checks want of it. */
export class CloudSide {
  readonly context: DoctorContext;
  #cloud: Cloud | undefined;
  #instances: Promise<readonly Instance[]> | undefined;
  #domains: Promise<readonly string[]> | undefined;
  #groups: Promise<readonly NodeGroup[] | undefined> | undefined;

  constructor(context: DoctorContext) {
    this.context = context;
  }

  async open(): Promise<Finding> {
    const opening = await this.context.openCloud();
    const { auth } = this.context.config;
    if (opening.kind === "open") {
      this.#cloud = opening.cloud;
      return ok(
        auth.kind === "config_file" ? `key of ${auth.ociConfigFile}` : "instance principal",
      );
    }
    return describeRefusal(opening.message, auth.kind);
  }

  get cloud(): Cloud {
    if (this.#cloud === undefined) throw new Error("a call without credentials");
    return this.#cloud;
  }

  instances(): Promise<readonly Instance[]> {
    return (this.#instances ??= this.cloud.instances.listInstances());
  }

  domains(): Promise<readonly string[]> {
    return (this.#domains ??= this.cloud.catalogue.listAvailabilityDomains());
  }

  /** What finish wrote last; undefined without a nodes.json that can be used, which is another check's to say. */
  groups(): Promise<readonly NodeGroup[] | undefined> {
    return (this.#groups ??= readGroups(this.context.config.nodesFile));
  }
}

async function readGroups(nodesFile: string): Promise<readonly NodeGroup[] | undefined> {
  const text = await readIfThere(nodesFile);
  const file = text === undefined ? undefined : parseNodesFile(text, nodesFile);
  return file?.kind === "valid" ? file.value.groups : undefined;
}

/** `no credentials: what was seen; what to do`, as oci/ writes it; the SDK's own words may be a whole paragraph. */
function describeRefusal(message: string, kind: AuthConfig["kind"]): Finding {
  const [seen = message, ...advice] = message.replace(/^no credentials: /, "").split("; ");
  const [sentence = seen] = seen.split(/(?<=\S)\. /, 1);
  const fix =
    kind === "config_file"
      ? "correct oci_config and profile in startnode.yaml"
      : "see Clock and Names; the instance must be in the cluster's dynamic group";
  return wrong(sentence, advice.length === 0 ? fix : advice.join("; "));
}
