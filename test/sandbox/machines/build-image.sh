#!/bin/bash
# Builds the root file system that machines of one release and kind share, unless it is there. Called by image-store.ts under a lock and
# in namespaces of its own: whatever ends it ends its children too and unmounts what it mounted. FINISH is the script that makes an image
# of that kind out of the packages.
#
# Usage: build-image.sh RELEASE IMAGE_DIRECTORY SOURCES_LIST FINISH PACKAGE...
set -euo pipefail

release=$1 image=$2 sources=$3 finish=$4
shift 4
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

bash "$finish" "$target"

mv "$target" "$image"
