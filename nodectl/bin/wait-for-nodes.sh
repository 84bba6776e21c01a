#!/bin/bash
# PrologSlurmctld: ends when the nodes of a configuring job have registered, upon which slurmctld starts the job. By
# itself slurmctld looks whether they have every 30 s (PERIODIC_TIMEOUT, compiled in).
#
# Slurm runs one of these for each job, as SlurmUser, with SLURM_JOB_* and without PATH, and kills its process group
# when the job is cancelled and when slurmctld ends (seen on 22.05.8 and 24.11.5). A job whose prolog fails is
# requeued; one whose prolog ends too soon waits those 30 s and no more: so this ends with 0 whatever happens.
#
# However many wait, one of them, which holds the lock, asks Slurm about once a second, and tells the others. They sleep
# on a FIFO of their own. In the directory:
#   lock             held by the one that asks
#   place.N          held by a waiter each
#   news             number and time of the last answer, the limit, then a line for each node that is not ready
#   JOB.PID.nodes    the nodes that this waiter waits for, a line each
#   JOB.PID.fifo     where it is told `go` (the wait is over) or `ask` (the one that asked is gone: take the lock)
set -euo pipefail
export PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C
umask 077

# How many may wait at once; the jobs of others start when slurmctld looks. 24.11.5 kills all at a reconfigure, and with
# 150 it hung for good then, all of its 64 workers waiting; with 60 it did not (seen).
places=32
# Seconds between two queries; with the time that one takes it is about one.
interval=0.9
# A query for jobs, of which there may be very many, goes along with every so manieth for nodes.
jobs_every=10
query_seconds_max=10
failures_max=5
# Seconds without news after which a waiter looks whether anybody asks, and how often it does so before it gives up.
patience=3
quiet_max=10
# Seconds that a job waits at most. The wait for a node ends with Slurm's own ResumeTimeout, at which the node is DOWN:
# this is for what nobody foresaw. find_limit may lower it.
limit_max=7200
# A query and more.
limit_margin=12

complain() {
  logger --tag wait-for-nodes "JobId=$SLURM_JOB_ID: $1" || true
}

# SlurmUser's own, so that no user of this computer can lay anything into the way. The last has startnode's log.
find_directory() {
  local parent
  for parent in /run/slurmctld /run/slurm /var/lib/slurm /var/log/slurm; do
    if [[ -d $parent && -O $parent && -w $parent ]]; then
      directory=$parent/wait-for-nodes
      [[ -d $directory ]] || mkdir --parents "$directory"
      return
    fi
  done
  return 1
}

# Names without brackets need no help of Slurm's: most jobs have one node.
list_own_nodes() {
  case $SLURM_JOB_NODELIST in
    *[[,]*) scontrol show hostnames "$SLURM_JOB_NODELIST" ;;
    *) echo "$SLURM_JOB_NODELIST" ;;
  esac
}

# Sets look, the number of the last answer, looked_at, its time in seconds since the epoch, and limit.
read_news() {
  [[ -e $directory/news ]] && read -r look looked_at limit < "$directory/news"
}

# About a second old at most, by a clock that may jump: to be mistaken costs a query or, at worst, those 30 s.
has_fresh_news() {
  local now
  if read_news; then
    printf -v now '%(%s)T' -1
    ((now < looked_at || now > looked_at + 1)) || return 0
  fi
  limit=$limit_max
  return 1
}

# Without the descriptors of locks, which would hold them when this process alone is killed.
query() {
  timeout --foreground "$query_seconds_max" "$@" 8>&- 9>&-
}

# A prolog that takes longer than PrologEpilogTimeout is killed, and its job is requeued (seen on both releases). 65534
# stands for none.
find_limit() {
  local seconds
  seconds=$(query scontrol show config | awk '$1 == "PrologEpilogTimeout" { print $3 }') || return 0
  [[ $seconds =~ ^[0-9]+$ ]] || return 0
  limit=$((seconds - limit_margin < limit_max ? seconds - limit_margin : limit_max))
}

# Two requests, as with sinfo, but all flags of a node, and those before anything that people may write. Nothing may
# count here but what keeps slurmctld itself from starting a job: not POWER_DOWN, which is an admin's wish for later; nor
# anything of a node that is DOWN, whose jobs slurmctld requeues.
look_at_nodes() {
  local now
  printf -v now '%(%s)T' -1
  {
    echo "$((look + 1)) $now $limit"
    query scontrol --all --oneliner show nodes | awk '
      $1 ~ /^NodeName=/ {
        for (i = 2; i < NF && $i !~ /^State=/; i++);
        if ($i ~ /POWERED_DOWN|POWERING_UP/ && $i !~ /^State=DOWN/)
          print substr($1, length("NodeName=") + 1)
      }'
  } > "$directory/news.part" || return 1
  mv "$directory/news.part" "$directory/news" || return 1
  look=$((look + 1))
}

# Whether no node of those on standard input keeps a job waiting.
are_ready() {
  awk 'NR == FNR { if (FNR > 1) off[$1]; next } $1 in off { exit 1 }' "$directory/news" -
}

# Those of the waiters that no node keeps waiting any more. One that ended meanwhile has taken its list along.
list_ready() {
  printf '%s\n' "$@" | awk '
    NR == FNR { if (FNR > 1) off[$1]; next }
    {
      known = waiting = 0
      while ((getline node < $0) > 0) { known = 1; if (node in off) waiting = 1 }
      close($0)
      if (known && !waiting) print
    }' "$directory/news" -
}

# Those of the waiters whose job is not configuring any more. Up to 22.05 slurmctld leaves the prolog of a job that was
# requeued alone, and the job cannot start anew before its end.
list_left() {
  local configuring name job
  configuring=$(query squeue --all --noheader --states=CONFIGURING --format=%A) || return 1
  for name in "$@"; do
    job=${name##*/}
    [[ $'\n'$configuring$'\n' == *$'\n'"${job%%.*}"$'\n'* ]] || echo "$name"
  done
}

# Sets waiters to those that live, and removes what others have left.
find_waiters() {
  local file
  waiters=()
  for file in "$directory"/*.nodes; do
    [[ -e $file ]] || continue
    file=${file%.nodes}
    if kill -0 "${file##*.}" 2> /dev/null; then
      waiters+=("$file.nodes")
    else
      rm --force "$file.nodes" "$file.fifo"
    fi
  done
}

take_place() {
  local tried first=$((RANDOM % places))
  for ((tried = 0; tried < places; tried++)); do
    exec 8>> "$directory/place.$(((first + tried) % places))"
    ! flock --nonblock 8 || return 0
  done
  return 1
}

# Opened for reading too: it may be that nobody is there any more.
tell() {
  local fifo=${1%.nodes}.fifo
  [[ ! -p $fifo ]] || echo "$2" 1<> "$fifo"
}

# Lets those go whose names it is given, a line each.
let_go() {
  local name
  while read -r name; do
    [[ -n $name ]] || continue
    gone[$name]=1
    if [[ $name == "$own.nodes" ]]; then
      is_over=1
    else
      tell "$name" go
    fi
  done <<< "$1"
}

# One query, now and then two, and what follows from them.
ask() {
  local names
  turn=$((turn + 1))
  look_at_nodes || return 1
  find_waiters
  let_go "$(list_ready "${waiters[@]}")"
  if ((turn % jobs_every == 0)); then
    names=$(list_left "${waiters[@]}") || return 1
    let_go "$names"
  fi
}

# Sleeps on the own FIFO, without a process for it. Sets word to what was told, or to nothing.
listen() {
  read -r -t "$1" -u 3 word || word=
}

hand_over() {
  local name
  gone[$own.nodes]=1
  exec 9>&-
  find_waiters
  for name in "${waiters[@]}"; do
    if [[ -z ${gone[$name]:-} ]]; then
      tell "$name" ask
      return
    fi
  done
}

# Asks for all until this job's own wait is over.
serve() {
  local failures=0
  if has_fresh_news; then
    # The one before has asked just now, and may have ended before all had come.
    find_waiters
    let_go "$(list_ready "${waiters[@]}")"
    ((is_over)) || listen "$interval"
  else
    find_limit
  fi
  while ((!is_over && failures < failures_max && SECONDS < limit)); do
    if ask; then
      failures=0
    else
      failures=$((failures + 1))
    fi
    ((is_over)) || listen "$interval"
  done
  ((failures == 0)) || complain "slurmctld does not answer; the job starts when slurmctld looks by itself"
  hand_over
}

# Sleeps until the wait is over, and asks itself when nobody does.
wait_for_nodes() {
  local quiet=0 last=
  while ((quiet < quiet_max && SECONDS < limit)); do
    if [[ $last == "$look" || $word == ask ]] && flock --nonblock 9; then
      serve
      return
    fi
    last=$look
    listen "$patience"
    [[ $word != go ]] || return 0
    read_news || true
    if [[ $look != "$last" ]]; then
      quiet=0
    else
      quiet=$((quiet + 1))
      limit=$limit_max
    fi
  done
  complain "waited $SECONDS s in vain; the job starts when slurmctld looks by itself"
}

if [[ -z ${SLURM_JOB_ID:-} || -z ${SLURM_JOB_NODELIST:-} ]]; then
  echo "wait-for-nodes: slurmctld runs this before a job (PrologSlurmctld); there is nothing to run by hand" >&2
  exit 2
fi
trap 'exit 0' EXIT
if ! find_directory; then
  complain "SlurmUser has no directory in /run or /var for its notes; the job starts when slurmctld looks by itself"
  exit
fi
# No process is started for a job that cannot wait: there may be hundreds at once.
find_waiters
if ((${#waiters[@]} >= places)); then
  exit
fi
nodes=$(list_own_nodes)
if has_fresh_news && are_ready <<< "$nodes"; then
  exit
fi

look=${look:-0} turn=0 is_over=0 word=ask
declare -A gone=()
if ! take_place; then
  exit
fi
own=$directory/$SLURM_JOB_ID.$$
trap 'rm --force "$own.nodes" "$own.fifo"; exit 0' EXIT
# The FIFO first: whoever is in the list can be told.
mkfifo "$own.fifo"
exec 3<> "$own.fifo" 9>> "$directory/lock"
echo "$nodes" > "$own.nodes"
wait_for_nodes
