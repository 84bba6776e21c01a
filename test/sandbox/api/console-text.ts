import type { CloudInstance } from "./cloud-event.ts";

/**
 * What the console of an instance says that has no machine behind it: a boot as an Ubuntu image writes it, or a
 * firmware that finds nothing to boot. Empty while it has not had power yet.
 */
export function plausibleConsole(instance: CloudInstance): string {
  if (instance.lifecycleState === "PROVISIONING") return "";
  const lines = instance.boots ? bootLines(instance) : FIRMWARE_LINES;
  return `${lines.join("\r\n")}\r\n`;
}

const FIRMWARE_LINES: readonly string[] = [
  'BdsDxe: failed to load Boot0001 "UEFI ORACLE BlockVolume" from PciRoot(0x0)/Pci(0x4,0x0)/Scsi(0x0,0x1): Not Found',
  "BdsDxe: No bootable option or device was found.",
  "BdsDxe: Press any key to enter the Boot Manager Menu.",
];

function bootLines({ displayName, hostnameLabel, privateIp }: CloudInstance): readonly string[] {
  const hostname = hostnameLabel ?? displayName;
  return [
    "[    0.000000] Linux version 6.8.0-1036-oracle (buildd@lcy02-amd64-086)",
    "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz-6.8.0-1036-oracle root=LABEL=cloudimg-rootfs ro console=tty1 console=ttyS0",
    "[    1.204377] systemd[1]: Detected virtualization kvm.",
    `[    1.211840] systemd[1]: Hostname set to <${hostname}>.`,
    "[  OK  ] Started systemd-networkd.service - Network Configuration.",
    `[    4.318852] cloud-init[672]: ci-info: |  ens3  | True | ${privateIp} |`,
    "[  OK  ] Started munge.service - MUNGE authentication service.",
    "[  OK  ] Started slurmd.service - Slurm node daemon.",
    "",
    `Ubuntu 24.04.3 LTS ${hostname} ttyS0`,
    "",
    `${hostname} login: `,
  ];
}
