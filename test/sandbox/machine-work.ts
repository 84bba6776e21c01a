import { CommandError } from "../../nodectl/cli/run.ts";
import type { CommandResult } from "./machines/run-in-machine.ts";
import type { ExecOptions, ListedInstance, Sandbox } from "./sandbox.ts";

/**
 * The newest instance that is, or was, a machine of a cluster.
 * @param machine as the sandbox names machines: `mgmt`, a node's name, `<cluster id>/<name>`
 * @throws Error when there is none
 */
export async function instanceNamed(sandbox: Sandbox, machine: string): Promise<ListedInstance> {
  const [clusterId, name] = sandbox.addressOf(machine);
  const instances = await sandbox.instances();
  const found = instances.findLast(
    ({ displayName, subnet }) => displayName === name && subnet.name === clusterId,
  );
  if (found === undefined) throw new Error(`there is no instance ${clusterId}/${name}`);
  return found;
}

/** What a command says on a machine. @throws CommandError with its words, when it fails */
export async function outputOn(
  sandbox: Sandbox,
  machine: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  return outputOf(argv.join(" "), await sandbox.exec(machine, argv, options));
}

/** What a command has said. @throws CommandError with its words, when it has failed */
export function outputOf(what: string, { exitCode, stdout, stderr }: CommandResult): string {
  if (exitCode === 0) return stdout;
  throw new CommandError(`${what} failed:\n${stdout}${stderr}`.trim());
}

/** The command line on the management node, of whoever has a key there: what stands behind it runs in that user's login. */
export function loginAs(user: string): readonly string[] {
  return ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", `${user}@mgmt`];
}
