#!/bin/bash
# Makes the image of the small machines, which have no init and get their files from the sandbox.
#
# Usage: finish-small-image.sh DIRECTORY
set -euo pipefail
target=${1:?}

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
