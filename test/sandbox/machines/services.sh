#!/bin/bash
# What systemd starts on a real machine: munge, then slurmctld (management) or slurmd (compute).
set -euo pipefail

install --directory --owner=munge --group=munge --mode=0755 /run/munge
install --directory --owner=munge --group=munge --mode=0700 /var/log/munge
install --directory --owner=slurm --group=slurm --mode=0755 /var/log/slurm /run/slurm
# Goes to the background once its socket answers.
setpriv --reuid=munge --regid=munge --clear-groups munged

case $1 in
  management)
    while true; do
      setpriv --reuid=slurm --regid=slurm --init-groups slurmctld -D || echo "slurmctld ended with $?"
      sleep 0.2
    done
    ;;
  compute)
    # Debian's unit has no Restart either: a slurmd that dies stays dead, and the machine stays up.
    slurmd || echo "slurmd ended with $?"
    exec sleep infinity
    ;;
  *)
    echo "services.sh: no such role: $1" >&2
    exit 2
    ;;
esac
