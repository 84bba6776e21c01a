#!/bin/bash
# What the scripts of the management node and of the compute nodes have in common; put into them when they are rendered.

readonly LOG=/root/ansible-pull.log
readonly CONSOLE=/dev/console
readonly CHECKOUT=/root/citc-ansible
readonly INVENTORY=/root/hosts

# A network that has just come up may take a while: 60 tries, 5 s apart. Each has a limit of its own.
readonly TRIES_MAX=60
readonly PAUSE_SECONDS=5

# A line for whoever cannot log in: OCI keeps the console (`citc logs` shows it). A machine without one goes on.
say() {
  echo "citc: $*"
  echo "citc: $*" >> "$CONSOLE" || true
}

# At the end of the script, whatever ended it.
tell_end() {
  local status=$1
  if ((status == 0)); then
    say "this machine is configured"
    return
  fi
  tail --lines=40 "$LOG" >> "$CONSOLE" || true
  say "this machine could not be configured: status $status; $LOG says why, and its end stands above"
}

begin_log() {
  install --mode=0600 /dev/null "$LOG"
  exec >> "$LOG" 2>&1
  trap 'tell_end $?' EXIT
}

# Repeats a command until it succeeds; fails when it never does.
try_often() {
  local try
  for ((try = 1; try <= TRIES_MAX; try++)); do
    if "$@"; then return; fi
    echo "try $try of $TRIES_MAX failed: $*"
    sleep "$PAUSE_SECONDS"
  done
  say "gave up after $TRIES_MAX tries: $*"
  return 1
}

# Whether an image has all of these commands already.
has_commands() {
  type "$@" > /dev/null 2>&1
}

# From the distribution.
install_packages() {
  if command -v apt-get > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    try_often timeout 300 apt-get --quiet --option DPkg::Lock::Timeout=120 update
    try_often timeout 900 apt-get --quiet --option DPkg::Lock::Timeout=120 --yes --no-install-recommends install "$@"
  else
    try_often timeout 900 dnf --assumeyes --setopt=install_weak_deps=False install "$@"
  fi
}

# This machine alone in its group, by its full name. ansible-pull checks out as localhost, or as the name that it guesses,
# which depends on how the image resolves names: both may be in the inventory.
write_inventory() {
  local group=$1 fqdn=$2
  cat > "$INVENTORY" << EOF
localhost ansible_connection=local

[$group]
$fqdn ansible_connection=local
EOF
}

# Runs a playbook of the repository at the pinned tag or commit.
run_playbook() {
  local playbook=$1 group=$2 fqdn=$3 repository=$4 ref=$5 limit_seconds=$6
  write_inventory "$group" "$fqdn"
  say "waiting for $repository"
  try_often timeout 30 git ls-remote --exit-code "$repository" HEAD
  say "running ansible/$playbook of $ref"
  # One fork: where both names are meant, one checks out after the other.
  ANSIBLE_FORKS=1 timeout "$limit_seconds" ansible-pull --url "$repository" --checkout "$ref" --full --directory "$CHECKOUT" \
    --inventory "$INVENTORY" --limit "$fqdn" "ansible/$playbook"
}
