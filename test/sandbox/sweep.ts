import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CommandError } from "../../nodectl/cli/run.ts";
import { MANAGEMENT_NAME } from "./api/management-instance.ts";
import { instanceNamed } from "./machine-work.ts";
import type { Sandbox } from "./sandbox.ts";
import { sourceProgram } from "./source-program.ts";

const PROGRAM = join(import.meta.dirname, "../../nodectl/bin/sweep.ts");
/** Of looking; and how long the program may take beside that. */
const MINUTES_MAX = 5;
const GRACE_MS = 60_000;

/**
 * What `cdktf destroy` does to a deployed cluster's instances: the management node goes, then the sweep looks for what is left, as the operator. Its
 * report.
 * @throws CommandError with its words when something is left
 */
export async function destroyCluster(sandbox: Sandbox, clusterId: string): Promise<string> {
  const management = await instanceNamed(sandbox, `${clusterId}/${MANAGEMENT_NAME}`);
  await sandbox.act(management.instanceOcid, "terminate");
  const { name } = await sandbox.region();
  const { compartmentOcid, subnet } = management;
  const [command = "", ...argv] = sandbox.regionCommand([
    ...sourceProgram(PROGRAM, "--cluster", clusterId),
    ...["--region", name, "--compartment", compartmentOcid],
    ...["--oci-config", sandbox.operatorConfig, "--endpoint", `http://${subnet.virtualRouterIp}`],
    ...["--minutes", String(MINUTES_MAX), "--pause-seconds", "5"],
  ]);
  try {
    const timeout = MINUTES_MAX * 60_000 + GRACE_MS;
    return (await promisify(execFile)(command, argv, { timeout })).stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new CommandError(`the sweep of ${clusterId} failed: ${stderr.trim() || message}`, {
      cause: error,
    });
  }
}
