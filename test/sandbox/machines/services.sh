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

# What systemd does with a timer and its service: the same command, as often, one at a time. Its output goes where the journal is not.
run_timer() {
  local units=/etc/systemd/system name=$1 interval command condition
  interval=$(sed --quiet 's/^OnUnitActiveSec=//p' "$units/$name.timer")
  command=$(sed --quiet 's/^ExecStart=//p' "$units/$name.service")
  condition=$(sed --quiet 's/^ConditionPathExists=//p' "$units/$name.service")
  while sleep "$interval"; do
    [[ ! -e $condition ]] || bash -c "exec $command" || echo "$name ended with $?"
  done >> "/var/log/$name.log" 2>&1 < /dev/null
}

case $1 in
  management)
    if [[ -e /etc/systemd/system/citc-reconcile.timer ]]; then run_timer citc-reconcile & fi
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
