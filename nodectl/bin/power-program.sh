#!/bin/sh
# Starts @PROGRAM@. When Slurm calls, @PROGRAM@ goes on by itself in a session of its own and Slurm has its program back
# at once. From 23.02 on slurmctld waits for its running power programs at a reconfigure, up to 10 s in which its clients
# time out, and kills their process groups at the longest timeout; ours stay until their instances have power, or are gone.
# What slurmctld would read of their exit status it only logs.
#
# The build makes startnode and stopnode of this file; the words between @ are its to fill in.
set -eu

runtime=@RUNTIME@
library=@LIBRARY@
run="$runtime @OPTIONS@ $library"

# Slurm's environment is bare (seen on 22.05.8 and 24.11.5): SLURM_CONF, for ResumeProgram SLURM_RESUME_FILE too, and no
# HOME, which everybody else has. $run is words, not one.
if [ -z "${SLURM_RESUME_FILE-}" ] && { [ -z "${SLURM_CONF-}" ] || [ -n "${HOME-}" ]; }; then
  # shellcheck disable=SC2086
  exec $run "$@"
fi

# For what @PROGRAM@ cannot say itself: Slurm has closed our output, or nobody reads it. A line of the log that the settings
# name unless an admin has changed it, or of the system log where that cannot be written.
report() {
  text=$(printf '%s' "$1" | /usr/bin/tr '\042\134' '  ' | /usr/bin/tr -c '[:print:]' ' ')
  time=$(/usr/bin/date --utc +%Y-%m-%dT%H:%M:%S.000Z)
  printf '{"time":"%s","level":"error","program":"@PROGRAM@","pid":%s,"event":"the run failed","reason":"%s"}\n' \
    "$time" "$$" "$text" 2> /dev/null >> @LOG@ || /usr/bin/logger --tag @PROGRAM@ -- "$text"
} 2> /dev/null

lacking=
[ -x "$runtime" ] || lacking=$runtime
[ -r "$library" ] || lacking=$library
if [ -n "$lacking" ]; then
  report "$lacking is not there or cannot be run; install the archive again"
  exit 1
fi

if [ -n "${CITC_DETACHED-}" ]; then
  # Lets go of the pipe that the script below waits for.
  exec > /dev/null 2>&1
  # 0 and 1 are told of in the log; above that nobody has told anything: words that are wrong (2), no memory, a signal. Nor
  # with a 1 when the log could not be written, or when Node itself ended with it because the library could not be loaded,
  # and said its version. The end of what was said is kept in memory, and has the reason.
  # shellcheck disable=SC2086
  said=$(
    {
      status=0
      $run "$@" 2>&1 > /dev/null || status=$?
      echo "exit status $status"
    } | /usr/bin/tail --bytes=4000
  )
  case $said in
    *"cannot write the log"*"exit status 1" | *"Node.js v"*"exit status 1") report "$said" ;;
    *"exit status "[01]) ;;
    *) report "$said" ;;
  esac
  exit 0
fi

# The file is slurmctld's memory and goes when its program has ended: an open descriptor keeps it. Without it startnode
# still launches, and says that it could not read it.
if [ -n "${SLURM_RESUME_FILE-}" ] && command exec 3< "$SLURM_RESUME_FILE"; then
  export SLURM_RESUME_FILE=/dev/fd/3
fi 2> /dev/null
# slurmscriptd kills what is left of the process group when this script ends, so it must not end before the other one has
# left the group: the substitution is over when that one, which runs after setsid, lets go of its output.
export CITC_DETACHED=yes
if ! _=$(/usr/bin/setsid --fork "$0" "$@" < /dev/null 2> /dev/null); then
  report "setsid of util-linux failed, which takes @PROGRAM@ out of slurmctld's process group"
  exit 1
fi
