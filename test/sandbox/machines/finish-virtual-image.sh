#!/bin/bash
# Makes the image of virtual machines.
#
# Usage: finish-virtual-image.sh DIRECTORY
set -euo pipefail
target=${1:?}

# Every cluster brings its own key.
rm "$target/etc/munge/munge.key"
: > "$target/etc/resolv.conf"
