#!/bin/bash
# Builds the root file system that user data is tried in, unless it is there: Debian with cloud-init, git and ansible-core.
# Called by boot-image.ts under a lock and in namespaces of its own. cloud-init is never installed on this computer, where
# it would act at the next boot.
#
# Usage: build-image.sh RELEASE IMAGE_DIRECTORY SOURCES_LIST PACKAGE...
set -euo pipefail

release=$1 image=$2 sources=$3
shift 3
packages=$(IFS=, && echo "$*")

[[ ! -d $image ]] || exit 0
target=$image.part
rm --recursive --force --one-file-system "$target"
mmdebstrap --mode=root --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$release" "$target" - <<< "$sources"
mv "$target" "$image"
