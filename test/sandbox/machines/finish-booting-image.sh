#!/bin/bash
# Makes an image that boots: as it comes from OCI, plus what stands in for the firmware and the network of a virtual machine.
#
# Usage: finish-booting-image.sh DIRECTORY
set -euo pipefail
target=${1:?}

# What every instance makes for itself. No key of a cluster is in an image.
rm --force "$target"/etc/ssh/ssh_host_* "$target/etc/munge/munge.key" "$target/etc/hostname"
: > "$target/etc/machine-id"

# Packages come from the region (/etc/apt/sources.list.d, written at power-on), and names from the VCN's resolver.
rm --force "$target/etc/apt/sources.list"
sed --in-place 's/^hosts:.*/hosts: files dns/' "$target/etc/nsswitch.conf"
: > "$target/etc/resolv.conf"

# cloud-init looks for Oracle's asset tag in the firmware's tables, and not at all in a container. It asks programs in its PATH for
# both: the data source itself is the genuine one.
firmware=$target/usr/local/lib/sandbox
mkdir --parents "$firmware"
printf '#!/bin/sh\n# Not a container.\nexit 1\n' > "$firmware/systemd-detect-virt"
cat > "$firmware/dmidecode" << 'END'
#!/bin/sh
case "$*" in
  *chassis-asset-tag*) echo OracleCloud.com ;;
  *) exit 1 ;;
esac
END
chmod 0755 "$firmware"/*
for unit in "$target"/lib/systemd/system/cloud-*.service; do
  directory=$target/etc/systemd/system/$(basename "$unit").d
  mkdir --parents "$directory"
  cat > "$directory/sandbox.conf" << 'END'
[Service]
Environment=PATH=/usr/local/lib/sandbox:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
END
done

# No kernel's NFS client is needed. nfs-common, which the playbook installs, puts its own program aside.
for name in mount.nfs mount.nfs4; do
  for path in /sbin/$name /usr/sbin/$name; do
    chroot "$target" dpkg-divert --quiet --local --no-rename --divert "$path.distrib" --add "$path"
  done
  install --mode=0755 "$(dirname "${BASH_SOURCE[0]}")/mount-nfs.sh" "$target/usr/sbin/$name"
done

# To systemd the stand-in's mount is one of this computer's disk, for which nothing remote waits: the target that does, and has begun to, would wait for
# ever (seen, systemd 252).
mkdir --parents "$target/etc/systemd/system/mnt-shared.mount.d"
printf '[Unit]\nBefore=remote-fs.target\n' > "$target/etc/systemd/system/mnt-shared.mount.d/sandbox.conf"

# The cable is plugged in with its address set, and the disk is a layer in memory.
cat > "$target/etc/cloud/cloud.cfg.d/99-sandbox.cfg" << 'END'
datasource_list: [Oracle]
network: { config: disabled }
apt: { preserve_sources_list: true }
locale: false
growpart: { mode: "off" }
resize_rootfs: false
END

# Daemons of a cluster wait for its playbook, which has their keys and configuration.
for unit in munge slurmd; do
  rm --force "$target/etc/systemd/system/multi-user.target.wants/$unit.service"
done

# No terminal to log in at, none of the kernel's modules and file systems, which belong to the computer, and no timer that looks for packages.
for unit in console-getty.service getty@tty1.service dev-hugepages.mount \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount run-rpc_pipefs.mount \
  systemd-modules-load.service \
  apt-daily.timer apt-daily-upgrade.timer; do
  ln --symbolic --force /dev/null "$target/etc/systemd/system/$unit"
done
