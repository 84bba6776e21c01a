#!/bin/bash
# Makes a compute node by the roles that confine jobs, and boots it as a virtual machine with a kernel and processors of its own, emulated by
# software, so that no hardware support is needed. Called in namespaces of its own, with which all of it ends.
#
# The playbook runs in the disk's file system before there is a machine: emulated it would take ten times as long, and only its files are wanted.
#
# Usage: run.sh IMAGE DIRECTORY    DIRECTORY: given/ becomes /root/given, whose main.sh runs in the machine; made there: console, and report,
#                                  what is written to /dev/ttyS1
set -euo pipefail
image=$1 directory=$2

# What the playbook writes stays in memory; the image is everybody's.
layers=$directory/layers
mkdir "$layers"
mount -t tmpfs tmpfs "$layers"
mkdir "$layers"/{image,upper,work,root}
mount --bind "$image" "$layers/image"
(cd "$layers" && mount -t overlay -o lowerdir=image,upperdir=upper,workdir=work overlay root)
root=$layers/root
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mkdir --parents "$root"/mnt/{shared/etc,run,disk}
cp --recursive "$directory/given" "$root/root/given"
cp --recursive "$directory/given/shared" "$root/mnt/shared/etc/slurm"
chroot "$root" env HOME=/root LC_ALL=C.UTF-8 ANSIBLE_ROLES_PATH=/root/given/roles \
  timeout 300 ansible-playbook --inventory localhost, --tags configure /root/given/playbook.yml

# Once more, without what is mounted in it.
mount --bind "$root" "$root/mnt/disk"
mount --bind "$directory" "$root/mnt/run"
# Two more disks: devices that a job may have.
truncate --size=1M "$directory/device0" "$directory/device1"
chroot "$root" mke2fs -q -t ext4 -E lazy_itable_init=1 -d /mnt/disk /mnt/run/disk 2G

# Debian's initrd mounts /run without the right to execute; what kernels say is nobody's answer, so that the console is a file of its own.
version=$(basename "$root"/boot/vmlinuz-*)
version=${version#vmlinuz-}
exec chroot "$root" timeout 600 qemu-system-x86_64 \
  -machine q35 -accel tcg,thread=multi -cpu max -smp 2,sockets=1,cores=2 -m 1536 \
  -display none -monitor none -no-reboot -nic none -device virtio-rng-pci \
  -serial file:/mnt/run/console -serial file:/mnt/run/report \
  -kernel "/boot/vmlinuz-$version" -initrd "/boot/initrd.img-$version" \
  -append 'root=/dev/vda rw console=ttyS0 net.ifnames=0 mitigations=off systemd.run="/bin/bash /root/given/main.sh"' \
  -drive file=/mnt/run/disk,format=raw,if=virtio,cache=unsafe \
  -drive file=/mnt/run/device0,format=raw,if=virtio \
  -drive file=/mnt/run/device1,format=raw,if=virtio
