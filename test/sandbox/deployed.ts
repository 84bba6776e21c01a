import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createSshKey } from "./machines/secrets.ts";
import type { BootingOptions } from "./sandbox-options.ts";

/**
 * Machines of a cluster that is deployed from this repository's last commit: a management node of a bare image, and nodes whose image has all packages.
 * Rejects where this is no git checkout.
 */
export async function deployedFromHead(): Promise<
  BootingOptions & { readonly deployment: { readonly ref: string } }
> {
  const { stdout } = await promisify(execFile)("git", ["rev-parse", "HEAD"], {
    cwd: import.meta.dirname,
  });
  // A deployment has one at least; what opc does here is done by exec.
  const sshPublicKeys = [createSshKey("opc")];
  const deployment = { ref: stdout.trim(), sshPublicKeys };
  return { image: "baked", managementImage: "bare", deployment };
}
