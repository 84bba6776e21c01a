import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { ManagementNode } from "./management-node.ts";

/** What `cdktf deploy` prints at its end: where the cluster is, and what to type. */
export function createOutputs(scope: Construct, { publicIp }: ManagementNode): void {
  const ssh = `ssh opc@${publicIp}`;
  new TerraformOutput(scope, "management_ip", { value: publicIp });
  new TerraformOutput(scope, "ssh_command", { value: ssh });
  new TerraformOutput(scope, "next_steps", {
    value: [
      `${ssh} sudo tail -F /root/ansible-pull.log   # until the management node is configured`,
      `${ssh}   # then, on it: nano limits.yaml; ./finish; srun -N2 hostname`,
    ],
  });
}
