import { App, DataResource, TerraformStack, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { join, relative, resolve } from "node:path";
import type { Cluster } from "./cluster.ts";

const REPOSITORY = resolve(import.meta.dirname, "..");

export interface SweepProps {
  /** What compute nodes use, which must outlive them: subnets, their rules, the file system. */
  readonly uses: readonly ITerraformDependable[];
  /** Of `npm run sweep`, such as --endpoint: for tests. */
  readonly options?: readonly string[];
}

/**
 * Runs `npm run sweep` when the cluster is destroyed. The management instance depends on it: that is destroyed first, so that
 * nothing launches any more, and then this, and then what `uses` names. When the sweep fails the destroy fails, and the next
 * one runs it again.
 *
 * - A destroy-time provisioner may refer to `self` and `path` alone ("Provisioners" in Terraform's documentation). What says where
 *   the nodes are is in `input`, as it was deployed; what is this computer's, such as the profile, as the settings have it now.
 * - `input` changes in place. With `triggers_replace` a changed setting would replace this, and stop a living cluster's nodes.
 * - No `create_before_destroy`, here or in what depends on this, which would inherit it: Terraform then runs no such provisioner.
 * - It is kept in the state, and shown: no secret may be in it.
 */
export function createSweep(
  scope: Construct,
  { id, settings }: Cluster,
  { uses, options = [] }: SweepProps,
): DataResource {
  const program = ["node", "--import", "tsx", "nodectl/bin/sweep.ts"];
  const place = ["--region", "${self.input.region}", "--compartment", "${self.input.compartment}"];
  return new DataResource(scope, "sweep", {
    input: { cluster: id, region: settings.region, compartment: settings.compartmentOcid },
    dependsOn: [...uses],
    provisioners: [
      {
        type: "local-exec",
        when: "destroy",
        workingDir: repositoryFrom(scope),
        // No shell, and so no quoting: the command is the last argument.
        interpreter: [
          ...program,
          "--profile",
          settings.ociProfile,
          ...options,
          ...place,
          "--cluster",
        ],
        command: "${self.input.cluster}",
      },
    ],
  });
}

/**
 * From where Terraform finds the stack, so that a plain `terraform -chdir=cdktf.out/stacks/NAME destroy` finds the program too,
 * also after the repository was moved as a whole, or is another checkout of it.
 */
function repositoryFrom(scope: Construct): string {
  const { outdir, manifest } = App.of(scope);
  const { workingDirectory } = manifest.forStack(TerraformStack.of(scope));
  const stackDirectory = join(resolve(outdir), workingDirectory);
  return `\${path.root}/${relative(stackDirectory, REPOSITORY)}`;
}
