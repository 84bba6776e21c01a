/** Which namespaces a process gets besides those of mounts and processes. */
export interface NamespaceOptions {
  readonly network?: boolean;
}

/**
 * A command line that runs a command as process 1 of its own process namespace, so that nothing outlives this process, however it ends: the
 * kernel kills `unshare` when we die (setpriv), the command when `unshare` dies, and with process 1 all others. Mounts
 * and network devices made inside have no name outside and vanish with the last process.
 */
export function inOwnNamespaces(
  command: readonly string[],
  { network = false }: NamespaceOptions = {},
): [string, ...string[]] {
  return [
    "setpriv",
    "--pdeathsig=KILL",
    "unshare",
    ...(network ? ["--net"] : []),
    "--mount",
    "--pid",
    "--mount-proc",
    "--fork",
    "--kill-child=SIGKILL",
    ...command,
  ];
}
