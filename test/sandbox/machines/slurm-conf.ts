/** What the management node's own slurm.conf needs to know. */
export interface SlurmConfOptions {
  readonly clusterName: string;
  readonly managementName: string;
  readonly managementAddress: string;
}

/**
 * /etc/slurm/slurm.conf of every machine: what the playbook owns on OCI, and besides that only what a small machine and an impatient
 * person need. Nodes, partitions, programs and timers stand in the file that it includes and that `finish` writes.
 */
export function slurmConf(options: SlurmConfOptions): string {
  const { clusterName, managementName, managementAddress } = options;
  return `ClusterName=${clusterName}
SlurmctldHost=${managementName}(${managementAddress})
SlurmUser=slurm
AuthType=auth/munge
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
SlurmctldPidFile=/run/slurm/slurmctld.pid
SlurmdPidFile=/run/slurm/slurmd.pid
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none

# No control groups: all machines share those of the host, which are not ours to change.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
# A node may claim to be a shape that is larger than this computer.
SlurmdParameters=config_overrides

# Schedules at once; the defaults serve clusters with thousands of jobs.
SchedulerParameters=batch_sched_delay=0,sched_interval=5,bf_interval=2
# A dead node is noticed in this many seconds instead of 300.
SlurmdTimeout=30
KillWait=5

include /mnt/shared/etc/slurm/slurm.conf
`;
}

/**
 * The included file before the first `finish`: slurmctld refuses to start without a partition and, 22.05, without a node. A
 * FUTURE node is shown nowhere.
 */
export const INITIAL_SHARED_SLURM_CONF = `# Until the first run of finish.
NodeName=unconfigured State=FUTURE
PartitionName=unconfigured Nodes=unconfigured Default=YES State=DOWN
`;

/** Slurm wants the file when GresTypes is set, whether or not a node has any. */
export const GRES_CONF = "include /mnt/shared/etc/slurm/gres.conf\n";
