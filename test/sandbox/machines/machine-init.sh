#!/bin/bash
# Process 1 of a machine until it hands over to tini or systemd (MACHINE_INIT): makes the root file system from the image and the files that the
# sandbox prepared, and leaves the host's behind. Only logs and the shared directory are on disk; the rest is a tmpfs
# that this mount namespace alone has.
#
# MACHINE_*: machine.ts sets them and says what they are; MACHINE_CPUS and MACHINE_HANGS_SAYING: machine-fate.ts.
set -euo pipefail

# /proc is still the region's: this is our process id there, and whoever kills that cuts the machine's power.
read -r process_id _ < /proc/self/stat
echo "$process_id" >&3
exec 3>&-

base=$MACHINE_MOUNT_POINT
mount -t tmpfs -o mode=0755,size="$MACHINE_DISK_SIZE" tmpfs "$base"
mkdir "$base"/{upper,work,root,image,programs}
mount --bind "$MACHINE_IMAGE" "$base/image"
mount --bind "$MACHINE_PROGRAMS" "$base/programs"
# With relative names: overlayfs reads its options from one string, in which a colon or a comma in the path of
# somebody's checkout would separate directories.
(
  cd "$base"
  mount -t overlay -o lowerdir=programs:image,upperdir=upper,workdir=work overlay root
)
root=$base/root

mount --bind "$MACHINE_LOG" "$root/var/log"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# Slurm reads the processors in /sys.
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o mode=0755,nosuid,nodev,size=64m tmpfs "$root/run"
mount -t tmpfs -o mode=0755,nosuid,size=64k tmpfs "$root/dev"
mkdir "$root"/dev/{pts,shm}
mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
cp --archive /dev/{null,zero,full,random,urandom,tty} "$root/dev/"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

cp --archive "$MACHINE_FILES/." "$root/"
echo "$MACHINE_ADDRESS $MACHINE_NAME" >> "$root/etc/hosts"

# Hides the host's control groups, whatever their layout, and makes the machine what the playbook and cloud-init would make of it.
prepare_services() {
  mkdir -p "$root/mnt/shared"
  mount --bind "$MACHINE_SHARED" "$root/mnt/shared"
  mount -t tmpfs -o ro,size=4k tmpfs "$root/sys/fs/cgroup"
  cp "$MACHINE_SCRIPTS/services.sh" "$root/run/services.sh"
  if [[ -n ${MACHINE_CPUS-} ]]; then
    # slurmd tells what its own file says of the node, and this file does not lead to the shared one.
    sed --in-place "s/^include .*/NodeName=$MACHINE_NAME CPUs=$MACHINE_CPUS State=CLOUD/" "$root/etc/slurm/slurm.conf"
  fi
  echo "$MACHINE_NAME" > "$root/etc/hostname"
  echo "$MACHINE_NAME" > /proc/sys/kernel/hostname
}

# What firmware and kernel are to an operating system. The host name is cloud-init's to set.
prepare_systemd() {
  # Where mount-nfs.sh finds what the file server exports. The playbook mounts it.
  mkdir -p "$root/run/file-server/shared"
  mount --bind "$MACHINE_SHARED" "$root/run/file-server/shared"
  echo localhost > /proc/sys/kernel/hostname
  # The unified layout, whatever the host's: the machine's own group is its root.
  mount -t cgroup2 -o nosuid,nodev,noexec none "$root/sys/fs/cgroup"
  # The kernel's settings are the host's, besides those of the network namespace.
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
  mount -o remount,bind,ro "$root/proc/sys"
  if [[ -e $root/proc/sysrq-trigger ]]; then
    mount --bind "$root/proc/sysrq-trigger" "$root/proc/sysrq-trigger"
    mount -o remount,bind,ro "$root/proc/sysrq-trigger"
  fi
  # systemd leaves alone what a container may not touch. The variable `container` would say the same, but cloud-init reads it as well.
  mkdir "$root/run/host"
  echo sandbox > "$root/run/host/container-manager"
  if [[ -d $root/sys/class/dmi/id ]]; then
    # The asset tag of the host's own firmware is asked first where there is one.
    mount -t tmpfs -o mode=0755,size=4k tmpfs "$root/sys/class/dmi/id"
    echo OracleCloud.com > "$root/sys/class/dmi/id/chassis_asset_tag"
  fi
  # Packages expect their directories there. What a machine of that name wrote before stays.
  [[ -n $(ls --almost-all "$MACHINE_LOG") ]] || cp --archive "$MACHINE_IMAGE/var/log/." "$MACHINE_LOG/"
  # The serial line, whose other end is the console file. journald writes to nothing but a terminal.
  touch "$root/dev/console"
  mount --bind "$(tty)" "$root/dev/console"
}

"prepare_$MACHINE_INIT"

cd "$root"
pivot_root . .
umount --lazy .
cd /
first=(env --ignore-environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin setpriv "$MACHINE_WITHHELD")
case $MACHINE_INIT in
  services) exec "${first[@]}" tini -- bash /run/services.sh "$MACHINE_ROLE" "${MACHINE_HANGS_SAYING-}" ;;
  systemd)
    if [[ -n ${MACHINE_HANGS_SAYING-} ]]; then
      printf '%s\n' "$MACHINE_HANGS_SAYING"
      exec "${first[@]}" sleep infinity
    fi
    exec "${first[@]}" /lib/systemd/systemd --show-status=1
    ;;
esac
