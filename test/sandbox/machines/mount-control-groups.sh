#!/bin/bash
# Makes the hierarchy of control groups, version 2, seen at a directory, in a mount namespace of the caller's own: so it is at a known place,
# whatever layout the computer has.
#
# Usage: mount-control-groups.sh MOUNT_POINT
set -euo pipefail

existing=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET || true)
if [[ -n $existing ]]; then
  # Not mounted once more: options of the last mount (nsdelegate) are those of the whole computer (kernel, apply_cgroup_root_flags()).
  mount --bind "$existing" "$1"
  mount -o remount,bind,rw "$1"
else
  mount -t cgroup2 none "$1"
fi
