#!/bin/bash
# Keeps the control groups of one sandbox: makes the one that all its machines are in, and removes it when standard input ends, which is when
# the sandbox has stopped or the process that started it is gone, `kill -9` included. By then the kernel has ended the machines; their
# namespaces and mounts vanish with them, and control groups do not. Runs in a mount namespace of its own.
#
# Usage: keep-control-groups.sh NAME MOUNT_POINT        NAME: citc-sandbox-<process id of the owner>-<anything>
set -euo pipefail
name=$1 mount_point=$2

bash "$(dirname "${BASH_SOURCE[0]}")/mount-control-groups.sh" "$mount_point"
cd "$mount_point"

remove() {
  find "$1" -depth -type d -exec rmdir {} +
}

# What was left when this program was killed as well.
shopt -s nullglob
for group in citc-sandbox-*-*; do
  owner=${group#citc-sandbox-}
  if ! kill -0 "${owner%%-*}" 2> /dev/null && grep --quiet '^populated 0$' "$group/cgroup.events"; then
    # Another sandbox that starts may be doing the same.
    remove "$group" 2> /dev/null || [[ ! -d $group ]]
  fi
done

mkdir "$name"
echo ready
while read -r _; do :; done

# The last processes may be ending still.
for ((attempt = 0; attempt < 300; attempt++)); do
  if remove "$name" 2> /dev/null; then exit 0; fi
  sleep 0.1
done
echo "control group $name is still in use; its processes: $(find "$name" -name cgroup.procs -exec cat {} + | tr '\n' ' ')" >&2
exit 1
