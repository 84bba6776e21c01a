import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import type { LaunchOutcome, LaunchRequest } from "../../nodectl/oci/provider.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { sourceProgram } from "../sandbox/source-program.ts";

/** What the program in the machine's network is told. */
export interface OciRequest {
  /** The text of startnode.yaml. */
  readonly settings: string;
  readonly order:
    | {
        readonly kind: "launch";
        readonly request: LaunchRequest;
        /** Base64. */
        readonly userData: string;
      }
    | { readonly kind: "capture-console"; readonly instanceOcid: string };
}

const PROGRAM = join(import.meta.dirname, "oci-caller-main.ts");
const SHAPE = "VM.Standard2.1";

/**
 * Calls OCI's API as a cluster's management node does: from its address, as its instance principal. For machines without nodectl on them.
 */
export class OciCaller {
  private readonly sandbox: Sandbox;
  private readonly settings: string;

  private constructor(sandbox: Sandbox, settings: string) {
    this.sandbox = sandbox;
    this.settings = settings;
  }

  static async of(sandbox: Sandbox): Promise<OciCaller> {
    const { name, vcn, subnets, images, availabilityDomains } = await sandbox.region();
    const [subnet] = subnets;
    const settings = stringify({
      csp: "oracle",
      region: name,
      compartment_id: subnet?.compartmentOcid,
      vcn_id: vcn.ocid,
      subnet_id: subnet?.ocid,
      ad_root: availabilityDomains[0]?.replace(/\d+$/, ""),
      cluster_id: subnet?.name,
      mgmt_image_id: images[0]?.ocid,
      auth: "instance_principals",
      endpoint: "http://10.0.0.1",
    });
    return new OciCaller(sandbox, settings);
  }

  /** The instance's OCID. */
  async launch(nodeName: string, userData: string): Promise<string> {
    const { availabilityDomains } = await this.sandbox.region();
    const [availabilityDomain = ""] = availabilityDomains;
    const placement = { shape: SHAPE, availabilityDomain, capacityType: "on-demand" } as const;
    const specification = { shape: SHAPE, availabilityDomains };
    const outcome = (await this.call({
      kind: "launch",
      request: { nodeName, specification, placement, retryToken: nodeName },
      userData: Buffer.from(userData).toString("base64"),
    })) as LaunchOutcome;
    if (outcome.kind === "refused") throw new Error(outcome.failure.message);
    return outcome.instance.instanceOcid;
  }

  /** Its end, by CaptureConsoleHistory. */
  async captureConsole(instanceOcid: string): Promise<string> {
    return (await this.call({ kind: "capture-console", instanceOcid })) as string;
  }

  private async call(order: OciRequest["order"]): Promise<unknown> {
    const program = sourceProgram(PROGRAM);
    const [command = "", ...rest] = await this.sandbox.networkCommand("mgmt", program);
    const child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"] });
    const request: OciRequest = { settings: this.settings, order };
    child.stdin.end(JSON.stringify(request));
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    if (exitCode !== 0) throw new Error(`${order.kind} failed: ${stderr}`);
    return JSON.parse(stdout);
  }
}
