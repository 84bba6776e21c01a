#!/bin/bash
# What runs in the virtual machine, which ends with it: slurmctld beside slurmd, and jobs that try to have more than they were given. The
# report is one line of JSON: the output of each thing tried, and its status in the last line.
set -euo pipefail
exec > /dev/console 2>&1
outputs=$(mktemp --directory)

report() {
  cp /var/log/slurm/slurmd.log "$outputs/slurmd.log" || true
  cp /run/slurmctld.log "$outputs/slurmctld.log" || true
  python3 /root/given/report.py "$outputs" > /dev/ttyS1
}
trap report EXIT

# try NAME COMMAND...: what it says, and its status in the last line.
try() {
  local name=$1 status=0
  shift
  timeout 120 "$@" > "$outputs/$name" 2>&1 < /dev/null || status=$?
  printf '%s\n' "$status" >> "$outputs/$name"
}

as_alice() {
  try "$1" setpriv --reuid alice --regid alice --init-groups --reset-env "${@:2}"
}

# until_true COMMAND...: within two minutes.
until_true() {
  local attempt
  for ((attempt = 0; attempt < 120; attempt++)); do
    if "$@" > /dev/null 2>&1; then return; fi
    sleep 1
  done
  echo "not within two minutes: $*" > "$outputs/late"
  return 1
}

# glibc resolves names for who has an address besides the loopback's.
ip link add eth0 type dummy
ip address add 10.0.0.2/24 dev eth0
ip link set eth0 up
printf '127.0.0.1 localhost\n10.0.0.2 node.lab.internal node\n' > /etc/hosts
hostname node
useradd --create-home alice

# slurmd waits for a mount there.
mount --bind /mnt/shared /mnt/shared

# Devices that as such anybody may read.
chmod a+r /dev/vdb /dev/vdc
cp /root/given/fill.py /tmp/

systemctl start basic.target munge
install --directory --owner=slurm --group=slurm --mode=0700 /var/lib/slurm/slurmctld
setpriv --reuid slurm --regid slurm --init-groups slurmctld -D -i > /run/slurmctld.log 2>&1 &
until_true scontrol ping
systemctl start slurmd
is_idle() { [[ $(sinfo --noheader --format=%T) == idle ]]; }
until_true is_idle

cd /tmp
as_alice one-task srun --ntasks=1 taskset --cpu-list 0-1 nproc
as_alice all-cores srun --ntasks=1 --cpus-per-task=2 taskset --cpu-list 0-1 nproc
as_alice within-default srun --ntasks=1 python3 /tmp/fill.py 200
as_alice over-default srun --ntasks=1 python3 /tmp/fill.py 700
as_alice over-asked srun --ntasks=1 --mem=64M python3 /tmp/fill.py 200
as_alice whole-memory srun --ntasks=1 --mem=0 python3 /tmp/fill.py 700
as_alice with-device srun --ntasks=1 --gres=gpu:1 sh -c 'head -c 1 /dev/vdb | wc -c; head -c 1 /dev/vdc | wc -c'
as_alice without-device srun --ntasks=1 sh -c 'head -c 1 /dev/vdb | wc -c; head -c 1 /dev/vdc | wc -c'
as_alice daemon srun --ntasks=1 sh -c 'setsid sleep 1000 & echo "started $!"'
has_no_job() { [[ -z $(squeue --noheader) ]]; }
until_true has_no_job
try left-over pgrep --list-full --euid alice
try jobs scontrol show jobs --oneliner
