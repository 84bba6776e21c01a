#!/bin/bash
# What systemd starts on a real machine: munge, then slurmctld (management) or slurmd (compute). Standard output is the
# serial console.
#
# Usage: services.sh ROLE [LAST_WORDS]     with last words: says them and hangs, before anything has started
set -euo pipefail

echo "$(hostname) boots, kernel $(uname --kernel-release)"
if [[ -n ${2-} ]]; then
  printf '%s\n' "$2"
  exec sleep infinity
fi

install --directory --owner=munge --group=munge --mode=0755 /run/munge
install --directory --owner=munge --group=munge --mode=0700 /var/log/munge
install --directory --owner=slurm --group=slurm --mode=0755 /var/log/slurm /run/slurm
# Goes to the background once its socket answers.
setpriv --reuid=munge --regid=munge --clear-groups munged
echo "munged is up"

case $1 in
  management)
    while true; do
      setpriv --reuid=slurm --regid=slurm --init-groups slurmctld -D || echo "slurmctld ended with $?"
      sleep 0.2
    done
    ;;
  compute)
    # Debian's unit has no Restart either: a slurmd that dies stays dead, and the machine stays up.
    if slurmd; then echo "slurmd is up"; else echo "slurmd ended with $?"; fi
    exec sleep infinity
    ;;
  *)
    echo "services.sh: no such role: $1" >&2
    exit 2
    ;;
esac
