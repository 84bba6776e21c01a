/** What one process used from its start to its end. Programs that it called (scontrol) are not in it. */
export interface Usage {
  /** In user and system mode. */
  readonly cpuSeconds: number;
  /** Peak resident memory, MB (10^6 bytes). */
  readonly residentMbMax: number;
}

/** What a measured process writes down as it exits. */
export interface ExitReport {
  readonly usage: Usage;
  readonly exitCode: number;
}

/**
 * Peak memory comes from VmHWM of proc_pid_status(5) and not from getrusage(2): ru_maxrss survives execve, so that it
 * would be the bench's own memory whenever that is larger.
 */
export function exitUsage(cpu: NodeJS.CpuUsage, procStatus: string): Usage {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(procStatus)?.[1];
  if (kib === undefined) throw new Error("/proc/self/status has no VmHWM");
  return {
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    residentMbMax: (Number(kib) * 1024) / 1_000_000,
  };
}

/** Of processes that ran side by side: the sum, and the largest. */
export function together(usages: readonly Usage[]): Usage | undefined {
  if (usages.length === 0) return undefined;
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    residentMbMax: Math.max(...usages.map(({ residentMbMax }) => residentMbMax)),
  };
}
