/** Who has a network security group of its own. */
export const ROLES = ["management", "compute", "fileServer"] as const;
export type Role = (typeof ROLES)[number];

/** Whom a flow begins or ends at beside the roles: the settings' SSH CIDRs, 0.0.0.0/0, the region's services. */
export type Outside = "sshCidrs" | "internet" | "ociServices";
export type Party = Role | Outside;

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export type Traffic =
  | { readonly protocol: "tcp" | "udp"; readonly ports: readonly PortRange[] }
  /** Numbers of RFC 792; without a code: all of that type. */
  | { readonly protocol: "icmp"; readonly type: number; readonly code?: number }
  | { readonly protocol: "all" };

/** Who opens connections to whom. Answers need no flow: all rules are stateful. */
export interface Flow {
  /** Letters, digits and `_`: a part of the names of its rules. */
  readonly name: string;
  readonly from: readonly Party[];
  readonly to: Party;
  readonly traffic: Traffic;
  readonly why: string;
}

function tcp(...ports: readonly (number | PortRange)[]): Traffic {
  return { protocol: "tcp", ports: ports.map(toRange) };
}

function udp(...ports: readonly (number | PortRange)[]): Traffic {
  return { protocol: "udp", ports: ports.map(toRange) };
}

function toRange(port: number | PortRange): PortRange {
  return typeof port === "number" ? { min: port, max: port } : port;
}

/** SrunPortRange of slurm.conf must say the same. */
export const SRUN_PORTS: PortRange = { min: 60001, max: 63000 };

const CLIENTS_OF_FILE_SERVER = ["management", "compute"] as const;

/**
 * All traffic that the cluster has. The rules at both ends are made from it (network-security.ts), and the table in
 * infra/README.md is compared with it. Sources: slurm.conf(5) for Slurm's ports; "Configuring VCN Security Rules for
 * File Storage" and "Security Rules" in Oracle's documentation.
 */
export const FLOWS: readonly Flow[] = [
  {
    name: "ssh",
    from: ["sshCidrs"],
    to: "management",
    traffic: tcp(22),
    why: "people log in, from `ssh_cidrs` alone",
  },
  {
    name: "ssh_to_nodes",
    from: ["management"],
    to: "compute",
    traffic: tcp(22),
    why: "people look at their jobs' nodes; nodes have no way back",
  },
  {
    name: "slurmctld",
    from: ["compute"],
    to: "management",
    traffic: tcp(6817),
    why: "slurmd registers; sbatch, srun and squeue within jobs",
  },
  {
    name: "slurmdbd",
    from: ["compute"],
    to: "management",
    traffic: tcp(6819),
    why: "sacct within jobs, by which workflow programs watch the jobs that they have sent",
  },
  {
    name: "slurmd",
    from: ["management"],
    to: "compute",
    traffic: tcp(6818),
    why: "slurmctld and srun start jobs and ask nodes",
  },
  {
    name: "srun",
    from: ["compute"],
    to: "management",
    traffic: tcp(SRUN_PORTS),
    why: "output and ends of tasks, to an srun or salloc on the management node (SrunPortRange)",
  },
  {
    name: "srun_in_jobs",
    from: ["management"],
    to: "compute",
    traffic: tcp(SRUN_PORTS),
    why: "slurmctld tells an srun within a batch job that its step may start or has lost a node",
  },
  {
    name: "jobs",
    from: ["compute"],
    to: "compute",
    traffic: { protocol: "all" },
    why: "MPI takes any port; with it slurmd's forwarding tree (6818), srun within jobs, SSH of mpirun",
  },
  {
    name: "ldap",
    from: ["compute"],
    to: "management",
    traffic: tcp(636),
    why: "users and groups: LDAPS",
  },
  {
    name: "nfs",
    from: CLIENTS_OF_FILE_SERVER,
    to: "fileServer",
    traffic: tcp(111, { min: 2048, max: 2050 }),
    why: "the shared file system: portmapper, NFS, mount, lock manager",
  },
  {
    name: "nfs_udp",
    from: CLIENTS_OF_FILE_SERVER,
    to: "fileServer",
    traffic: udp(111, 2048),
    why: "the same, what is asked over UDP when it is mounted",
  },
  {
    name: "ping_nodes",
    from: ["management"],
    to: "compute",
    traffic: { protocol: "icmp", type: 8 },
    why: "people look whether a node is there",
  },
  {
    name: "ping_management",
    from: ["compute"],
    to: "management",
    traffic: { protocol: "icmp", type: 8 },
    why: "the same, from a node",
  },
  {
    name: "refused_by_management",
    from: ["management"],
    to: "compute",
    traffic: { protocol: "icmp", type: 3 },
    why: "a refusal of the host firewall is seen at once, not after a timeout",
  },
  {
    name: "refused_by_node",
    from: ["compute"],
    to: "management",
    traffic: { protocol: "icmp", type: 3 },
    why: "the same, from a node",
  },
  {
    name: "path_mtu_of_management",
    from: ["internet"],
    to: "management",
    traffic: { protocol: "icmp", type: 3, code: 4 },
    why: "path MTU: without it large packets to the internet vanish, as OCI's MTU is 9000; any router may say so",
  },
  {
    name: "path_mtu_of_nodes",
    from: ["internet"],
    to: "compute",
    traffic: { protocol: "icmp", type: 3, code: 4 },
    why: "the same, behind the NAT gateway",
  },
  {
    name: "web",
    from: ["management", "compute"],
    to: "internet",
    traffic: tcp(80, 443),
    why: "packages and git; OCI's API, for management by the internet gateway",
  },
  {
    name: "oci_services",
    from: ["management", "compute"],
    to: "ociServices",
    traffic: tcp(443),
    why: "object storage and OCI's API by the service gateway, where the subnet's routes have it",
  },
];
