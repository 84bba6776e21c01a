#!/bin/bash
# Runs a command as root of a machine that has just booted from the image, without a network; its changes are in memory,
# and what the test looks at is copied out in the end. Called by boot-image.ts in namespaces of its own.
#
# Usage: run-in-image.sh IMAGE FILES RESULT HOST_NAME COMMAND...
set -euo pipefail

image=$1 files=$2 result=$3 host_name=$4
shift 4

base=$result/machine
mkdir "$base"
mount -t tmpfs -o mode=0755 tmpfs "$base"
mkdir "$base"/{upper,work,root,image}
mount --bind "$image" "$base/image"
(cd "$base" && mount -t overlay -o lowerdir=image,upperdir=upper,workdir=work overlay root)
root=$base/root
mkdir --parents "$root/mnt/shared"
mount -t tmpfs -o mode=0755 tmpfs "$root/mnt/shared"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
cp --archive /dev/{null,zero,full,random,urandom,tty} "$root/dev/"
mkdir "$root/dev/shm"
ln --symbolic /proc/self/fd "$root/dev/fd"
ln --symbolic fd/0 "$root/dev/stdin"
# What is written to the console stays in it.
: > "$root/dev/console"
cp --recursive --no-target-directory "$files" "$root"
chown --recursive 0:0 "$root/srv"

status=0
# shellcheck disable=SC2016 # expanded inside
unshare --uts chroot "$root" env --ignore-environment \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  bash -c 'echo "$1" > /proc/sys/kernel/hostname; shift; exec "$@"' bash "$host_name" "$@" || status=$?

cp --archive "$root/root" "$root/etc" "$root/home" "$result/"
cp "$root/dev/console" "$result/console"
exit "$status"
