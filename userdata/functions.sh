#!/bin/bash
# What the scripts of the management node and of the compute nodes have in common; put into them when they are rendered.

readonly LOG=/root/ansible-pull.log
readonly CONSOLE=/dev/console
readonly CHECKOUT=/root/citc-ansible
readonly INVENTORY=/root/hosts

# A network that has just come up may take a while: 60 tries, 5 s apart. Each has a limit of its own.
readonly TRIES_MAX=60
readonly PAUSE_SECONDS=5

# One line, for a console and for a node's reason: that is what people see first.
readonly LINE_BYTES_MAX=300

# What went wrong, where a command knows better than the log's last line.
why=''

# Of what is to be seen by others whatever a URL has before its host is taken out: it may be a password.
without_passwords() {
  sed --regexp-extended 's,//[^/@ ]*@,//,g'
}

one_line() {
  tr --squeeze-repeats '[:space:]' ' ' <<< "$*" | without_passwords | sed 's/ $//' | cut --bytes="1-$LINE_BYTES_MAX"
}

# A line for whoever cannot log in: OCI keeps the console (`citc logs` shows it). A machine without one goes on.
say() {
  local line
  line="citc: $(one_line "$*")"
  echo "$line"
  echo "$line" >> "$CONSOLE" || true
}

# At the end of the script, whatever ended it.
tell_end() {
  local status=$1
  if ((status == 0)); then
    say "this machine is configured"
    return
  fi
  why=${why:-$(tail --lines=5 "$LOG" | cause)}
  # ansible-pull writes its whole command line.
  tail --lines=40 "$LOG" | without_passwords >> "$CONSOLE" || true
  # nodectl looks for this line. Its cause first: whoever shows it cuts its end.
  say "this machine could not be configured: $why"
  leave_note || true
}

# For `citc reconcile`, once there is a place to leave it: which instance, and what it says.
note=''
leave_note() {
  [[ -n $note ]] || return 0
  # On a file system that is full there is none.
  printf '%s\n' "$(< /var/lib/cloud/data/instance-id)" "$(one_line "$why")" > "$note.new" && mv "$note.new" "$note"
}

begin_log() {
  install --mode=0600 /dev/null "$LOG"
  exec >> "$LOG" 2>&1
  trap 'tell_end $?' EXIT
}

log_size() {
  stat --format=%s "$LOG"
}

# Of what a command wrote the line that says most: the first that git or apt calls an error (advice follows it), or else the last.
cause() {
  awk '/^(fatal|error|E): / && first == "" { first = $0 } /[^ \t\r]/ { last = $0 } END { print first != "" ? first : last }'
}

# The same of what the log has got since it had that size.
said_since() {
  tail --bytes="+$(($1 + 1))" "$LOG" | cause
}

# Repeats a command until it succeeds; fails when it never does. The console is told at the tries 1, 2, 4, 8, ...
# Usage: try_often WHAT COMMAND...
try_often() {
  local what=$1 try size status said
  shift
  for ((try = 1; try <= TRIES_MAX; try++)); do
    size=$(log_size)
    status=0
    "$@" || status=$?
    if ((status == 0)); then
      why=''
      return
    fi
    said=$(said_since "$size")
    if ((status == 124)); then said="no answer in time; $said"; fi
    why="could not $what, try $try of $TRIES_MAX: ${said:-status $status}"
    if ((try & (try - 1))); then echo "$why"; else say "$why"; fi
    sleep "$PAUSE_SECONDS"
  done
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
    # A run that was killed in it leaves packages that apt refuses to go on from.
    try_often "configure packages" timeout 900 dpkg --force-confdef --force-confold --configure --pending
    try_often "read the package lists" timeout 300 apt-get --quiet --option DPkg::Lock::Timeout=120 update
    try_often "install $*" timeout 900 apt-get --quiet --option DPkg::Lock::Timeout=120 --yes --no-install-recommends install "$@"
  else
    try_often "install $*" timeout 900 dnf --assumeyes --setopt=install_weak_deps=False install "$@"
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

# What a run of ansible-pull failed with, from what it wrote: the task and its message, or an error of Ansible's own.
playbook_failure() {
  awk '
    function message(line, text) {
      text = value(line, "msg")
      if (text == "non-zero return code") text = value(line, "stderr")
      return text
    }
    function value(line, key) {
      if (!match(line, "\"" key "\": \"([^\"\\\\]|\\\\.)*\"")) return ""
      line = substr(line, RSTART + length(key) + 5, RLENGTH - length(key) - 6)
      gsub(/\\[nrt]/, " ", line)
      gsub(/\\"/, "\047", line)
      gsub(/\\\\/, "\\", line)
      return line
    }
    /^(TASK|RUNNING HANDLER) \[/ { task = $0; sub(/^[A-Z ]*\[/, "", task); sub(/\] \**$/, "", task) }
    /^(fatal|failed): \[/ { failure = task ": " message($0) }
    /^\.\.\.ignoring/ { failure = "" }
    # The module git, which checks out before there is a task.
    / \| (FAILED|UNREACHABLE)! => / { is_module = 1 }
    is_module && /"msg": / { failure = message($0); is_module = 0 }
    # Over several lines, as long as they are not empty.
    /^(ERROR!|\[ERROR\]:)/ { error = ""; is_error = 1 }
    /^$/ { is_error = 0 }
    is_error { error = error " " $0 }
    END {
      if (failure != "") print failure
      else if (error != "") print error
      else if (task != "") print "its last task was " task
    }
  '
}

# Runs a playbook of the repository at the pinned tag or commit.
run_playbook() {
  local playbook=$1 group=$2 fqdn=$3 repository=$4 ref=$5 limit_seconds=$6 size status=0
  write_inventory "$group" "$fqdn"
  say "waiting for $repository"
  try_often "reach $repository" timeout 30 git ls-remote --exit-code "$repository" HEAD
  say "running ansible/$playbook of $ref"
  size=$(log_size)
  # One fork: where both names are meant, one checks out after the other.
  ANSIBLE_FORKS=1 timeout "$limit_seconds" ansible-pull --url "$repository" --checkout "$ref" --full --directory "$CHECKOUT" \
    --inventory "$INVENTORY" --limit "$fqdn" "ansible/$playbook" || status=$?
  ((status != 0)) || return 0
  why=$(tail --bytes="+$((size + 1))" "$LOG" | playbook_failure)
  if ! tail --bytes="+$((size + 1))" "$LOG" | grep --quiet '^PLAY \['; then why="no ansible/$playbook of $ref from $repository: $why"; fi
  if ((status == 124)); then why="ansible/$playbook took longer than $limit_seconds s: $why"; fi
  return "$status"
}
