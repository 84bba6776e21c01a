import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Sandbox } from "./sandbox.ts";

const PROGRAM = join(import.meta.dirname, "../../nodectl/bin/sweep.ts");

/**
 * What `cdktf destroy` does to a deployed cluster's instances: the management node goes, then the sweep looks for what is left, as the operator. Its
 * report. Rejects with its words when something is left.
 */
export async function destroyCluster(sandbox: Sandbox, clusterId: string): Promise<string> {
  const instances = await sandbox.instances();
  const management = instances.find(
    ({ displayName, freeformTags }) =>
      displayName === "mgmt" && freeformTags["cluster"] === clusterId,
  );
  if (management !== undefined) await sandbox.act(management.instanceOcid, "terminate");
  const { name, subnets } = await sandbox.region();
  const subnet = subnets.find((one) => one.name === clusterId);
  if (subnet === undefined) throw new Error(`the region has no subnet of ${clusterId}`);
  const [command = "", ...argv] = sandbox.regionCommand([
    ...[process.execPath, "--import", import.meta.resolve("tsx"), PROGRAM, "--cluster", clusterId],
    ...["--region", name, "--compartment", subnet.compartmentOcid],
    ...[
      "--oci-config",
      sandbox.operatorConfig,
      "--endpoint",
      "http://10.0.0.1",
      "--pause-seconds",
      "5",
    ],
  ]);
  const { stdout } = await promisify(execFile)(command, argv);
  return stdout;
}
