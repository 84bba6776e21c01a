#!/bin/bash
# Builds the root file system that the machines of one release share, unless it is there. Called by image-store.ts under a lock and in
# namespaces of its own: whatever ends it ends its children too and unmounts what it mounted.
#
# Usage: build-image.sh RELEASE IMAGE_DIRECTORY SOURCES_LIST PACKAGE...
set -euo pipefail

release=$1 image=$2 sources=$3
shift 3
packages=$(IFS=, && echo "$*")

# Somebody else has built it while we waited for the lock.
[[ ! -d $image ]] || exit 0
# What a build that was killed has left.
target=$image.part
rm --recursive --force --one-file-system "$target"

# No service starts in a chroot without an init, and no documentation is read on a machine that lives for minutes.
mmdebstrap --mode=root --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$release" "$target" - <<< "$sources"

# Every cluster brings its own key.
rm "$target/etc/munge/munge.key"

# Names are answered by files alone: nothing in the sandbox answers DNS, and a resolver that nobody answers for costs
# slurmctld 5 s a name.
sed --in-place 's/^hosts:.*/hosts: files/' "$target/etc/nsswitch.conf"
: > "$target/etc/resolv.conf"

# opc: the administrator's account on every image of a cluster. alice: a user. Their homes lie on the shared file
# system, so that what a job writes on its node is seen on the management node.
for user in opc alice; do
  chroot "$target" useradd --no-create-home --home-dir "/mnt/shared/home/$user" --shell /bin/bash "$user"
done
ln -s /mnt/shared/home/opc "$target/home/opc"
install --mode=0440 /dev/stdin "$target/etc/sudoers.d/opc" <<< 'opc ALL=(ALL) NOPASSWD: ALL'

mv "$target" "$image"
