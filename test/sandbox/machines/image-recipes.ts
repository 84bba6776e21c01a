/** `small`: for machines without an init. `bare`, `baked`: for machines that boot. `virtual`: for virtual machines, of amd64 alone. */
export type ImageKind = "small" | "bare" | "baked" | "virtual";

/** What an image is made of, besides Debian's minimum. */
export interface ImageRecipe {
  /** What people are told is being made. */
  readonly title: string;
  readonly packages: readonly string[];
  /** The script beside this file that comes after the packages. */
  readonly finish: string;
  /** The files beside this one that the script puts into the image. */
  readonly files?: readonly string[];
}

/** As in a cloud's image: one can log in, and cloud-init can bring the rest. tini is the region's own first process. */
const BARE = [
  ...[
    "systemd",
    "systemd-sysv",
    "libpam-systemd",
    "dbus",
    "udev",
    "kmod",
    "cloud-init",
    "cloud-guest-utils",
  ],
  ...["openssh-server", "sudo", "python3", "curl", "ca-certificates", "netbase", "nftables"],
  ...["iproute2", "iputils-ping", "ethtool", "procps", "less", "vim-tiny", "nano", "tini"],
];

const BOOTING = { finish: "finish-booting-image.sh", files: ["mount-nfs.sh"] };

export const IMAGE_RECIPES: Readonly<Record<ImageKind, ImageRecipe>> = {
  small: {
    title: "the machines' image",
    packages: [
      ...["slurmctld", "slurmd", "slurm-client", "munge"],
      ...["tini", "iproute2", "procps", "sudo", "less", "vim-tiny", "nano"],
    ],
    finish: "finish-small-image.sh",
  },
  bare: {
    title: "the bare image of machines that boot",
    packages: BARE,
    ...BOOTING,
  },
  // What the playbook of a compute node would download (test/ansible compares them); the playbook itself has not run in it.
  baked: {
    title: "the baked image of machines that boot",
    packages: [
      ...BARE,
      ...["slurmd", "slurm-client", "munge", "ansible-core", "python3-apt", "git"],
      ...["logrotate", "nfs-common", "openssh-client"],
      ...["sssd-ldap", "sssd-tools", "libnss-sss", "libpam-sss", "ldap-utils"],
      ...["openmpi-bin", "lmod"],
    ],
    ...BOOTING,
  },
  // A kernel, and what emulates a computer for it, so that nothing of it need be installed on this one.
  virtual: {
    title: "the image of virtual machines",
    packages: [
      ...["systemd", "systemd-sysv", "dbus", "udev", "kmod", "procps", "iproute2", "nftables"],
      ...["slurmctld", "slurmd", "slurm-client", "munge", "logrotate"],
      ...["ansible-core", "python3-apt", "linux-image-cloud-amd64"],
      ...["qemu-system-x86", "e2fsprogs"],
    ],
    finish: "finish-virtual-image.sh",
  },
};
