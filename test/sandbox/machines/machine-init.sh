#!/bin/bash
# Process 1 of a machine until it hands over to tini: makes the root file system from the image and the files that the
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

mkdir -p "$root/mnt/shared"
mount --bind "$MACHINE_SHARED" "$root/mnt/shared"
mount --bind "$MACHINE_LOG" "$root/var/log"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# Slurm reads the processors in /sys. The empty tmpfs hides the host's control groups, whatever their layout.
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o ro,size=4k tmpfs "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=0755,nosuid,nodev,size=16m tmpfs "$root/run"
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
cp "$MACHINE_SCRIPTS/services.sh" "$root/run/services.sh"
if [[ -n ${MACHINE_CPUS-} ]]; then
  # slurmd tells what its own file says of the node, and this file does not lead to the shared one.
  sed --in-place "s/^include .*/NodeName=$MACHINE_NAME CPUs=$MACHINE_CPUS State=CLOUD/" "$root/etc/slurm/slurm.conf"
fi
echo "$MACHINE_NAME" > "$root/etc/hostname"
echo "$MACHINE_NAME" > /proc/sys/kernel/hostname
echo "$MACHINE_ADDRESS $MACHINE_NAME" >> "$root/etc/hosts"

cd "$root"
pivot_root . .
umount --lazy .
cd /
exec env --ignore-environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  tini -- bash /run/services.sh "$MACHINE_ROLE" "${MACHINE_HANGS_SAYING-}"
