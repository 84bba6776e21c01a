import { stringify } from "yaml";
import type { ClusterDescription } from "./cluster-description.ts";
import type { MachineFile } from "./machine-file.ts";
import { RELEASES } from "./releases.ts";
import { GRES_CONF, INITIAL_SHARED_SLURM_CONF, slurmConf } from "./slurm-conf.ts";

export const RESTART_COMMAND = "/usr/local/sbin/restart-slurmctld";

/** What stands on every machine of the cluster. */
export function commonFiles(cluster: ClusterDescription): readonly MachineFile[] {
  const { managementName, managementAddress } = cluster;
  return [
    {
      path: "/etc/munge/munge.key",
      content: Buffer.from(cluster.secrets.mungeKey, "base64"),
      mode: 0o400,
      owner: "munge",
    },
    {
      path: "/etc/slurm/slurm.conf",
      content: slurmConf({ clusterName: cluster.id, managementName, managementAddress }),
    },
    { path: "/etc/slurm/gres.conf", content: GRES_CONF },
    {
      path: "/etc/slurm/cgroup.conf",
      content: `CgroupPlugin=${RELEASES[cluster.release].cgroupPlugin}\n`,
    },
    { path: "/etc/hosts", content: "127.0.0.1 localhost\n" },
  ];
}

/** What the playbook puts on the management node. */
export function managementFiles(cluster: ClusterDescription): readonly MachineFile[] {
  return [
    { path: "/etc/citc/startnode.yaml", content: startnodeYaml(cluster) },
    { path: "/home/slurm/opc_authorized_keys", content: `${cluster.secrets.sshPublicKey}\n` },
    { path: "/home/slurm/bootstrap.sh", content: BOOTSTRAP, mode: 0o755 },
    { path: RESTART_COMMAND, content: RESTART_SCRIPT, mode: 0o755 },
  ];
}

/** What lies on the shared file system before the first `finish`; paths below /mnt/shared. */
export function sharedFiles({
  managementName,
}: Pick<ClusterDescription, "managementName">): readonly MachineFile[] {
  return [
    { path: "/etc/slurm/slurm.conf", content: INITIAL_SHARED_SLURM_CONF },
    { path: "/etc/slurm/gres.conf", content: "" },
    { path: `/finalised/${managementName}`, content: "" },
    {
      path: "/home/opc/finish",
      content: '#!/bin/sh\nexec sudo /usr/local/bin/finish "$@"\n',
      mode: 0o755,
      owner: "opc",
    },
    { path: "/home/opc/.bash_profile", content: BASH_PROFILE, owner: "opc" },
    { path: "/home/alice/.bash_profile", content: BASH_PROFILE, owner: "alice" },
  ];
}

/** The keys are documented where nodectl reads them: nodectl/cli/settings.ts. */
function startnodeYaml({ id, region, subnet, endpoint, imageOcid }: ClusterDescription): string {
  return stringify({
    csp: "oracle",
    region: region.name,
    compartment_id: subnet.compartmentOcid,
    vcn_id: region.vcn.ocid,
    subnet_id: subnet.ocid,
    ad_root: region.availabilityDomains[0]?.replace(/\d+$/, ""),
    cluster_id: id,
    mgmt_image_id: imageOcid,
    auth: "instance_principals",
    endpoint,
    nsg_ids: region.networkSecurityGroupOcids,
    slurmctld_restart_command: [RESTART_COMMAND],
    // The limits here have a short resume_timeout, because these machines boot in seconds.
    run_deadline_seconds: 50,
    assumed_boot_seconds: 30,
  });
}

/** Sent with every launch, and run by nobody: this level of machine has no cloud-init. */
const BOOTSTRAP = `#!/bin/sh
# User data of the sandbox's compute nodes. On OCI cloud-init runs what stands here.
echo "booted as $(hostname)" > /run/bootstrap
`;

const BASH_PROFILE = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
PS1='[\\u@\\h \\W]\\$ '
`;

/** \`systemctl restart slurmctld\` of a machine without systemd: services.sh starts it again. */
const RESTART_SCRIPT = `#!/bin/sh
set -eu
process_id=$(cat /run/slurm/slurmctld.pid)
# One that has ended already is started all the same.
kill -TERM "$process_id" || exit 0
# slurmctld saves its state before it ends.
timeout 60 tail --pid="$process_id" --sleep-interval=0.1 --follow /dev/null
`;
