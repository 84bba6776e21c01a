import { spawnSync } from "node:child_process";

/** Whether Terraform is on the PATH, and answers. Tests that need it are left out elsewhere. */
export function hasTerraform(): boolean {
  return spawnSync("terraform", ["version"]).status === 0;
}
