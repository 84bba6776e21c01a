#!/bin/bash
# Powers one machine on. Runs in the region's namespaces, as root, in a network namespace that `unshare --net` made
# for this machine. Plugs the network cable in, then becomes the parent of the machine's first process, with which the
# kernel ends all others.
#
# MACHINE_*: machine.ts sets them and says what they are. On file descriptor 3 it is told the first process's id.
set -euo pipefail
umask 022

# The cable is made from this side, so that the network namespace needs no name: one end is eth0 here, the other is with
# process 1 of the region, on the subnet's bridge. An address comes back sooner than neighbours forget the last owner's
# hardware address: arp_notify tells them.
echo 1 > /proc/sys/net/ipv4/conf/all/arp_notify
ip -batch - << EOF
link set lo up
link add eth0 address $MACHINE_HARDWARE_ADDRESS type veth peer name $MACHINE_CABLE netns 1
address add $MACHINE_ADDRESS/$MACHINE_PREFIX_LENGTH dev eth0
EOF
nsenter --net=/proc/1/ns/net ip link set "$MACHINE_CABLE" master "$MACHINE_BRIDGE" up
ip -batch - << EOF
link set eth0 up
route add default via $MACHINE_ROUTER_ADDRESS
EOF

# slurmctld ignores a registration whose boot time is before its resume request. All machines share one kernel, so each gets a
# clock of boot time that starts now.
read -r uptime_seconds _ < /proc/uptime
init=(bash "$MACHINE_SCRIPTS/machine-init.sh")
if [[ -n ${MACHINE_CONTROL_GROUP-} ]]; then
  # The machine's first process joins, and not its parent: the group has nothing but the machine in it, which sees it as the root of all.
  # shellcheck disable=SC2016
  init=(bash -c 'echo 0 > "$MACHINE_CONTROL_GROUP/cgroup.procs" && exec unshare --cgroup "$@"' bash "${init[@]}")
fi
exec unshare --mount --uts --ipc --pid --time --boottime="-${uptime_seconds%.*}" \
  --fork --kill-child=SIGKILL "${init[@]}"
