#!/bin/sh
# Starts startnode. When Slurm calls (SLURM_RESUME_FILE is set), startnode goes on by itself in a session of its own and
# Slurm has its program back at once. From 23.02 on slurmctld waits for a running ResumeProgram at a reconfigure, up to 10 s
# in which its clients time out, and kills its process group at the longest timeout; startnode stays until its instances
# have power. What slurmctld would read of its exit status it only logs.
set -eu

options="--no-deprecation --max-semi-space-size=1 --optimize-for-size --no-opt --no-maglev --no-sparkplug"
run="/opt/citc/bin/node $options /opt/citc/lib/startnode.cjs"

# $run is words, not one.
# shellcheck disable=SC2086
if [ -z "${SLURM_RESUME_FILE-}" ]; then exec $run "$@"; fi

# The file is slurmctld's memory and goes when its program has ended: an open descriptor keeps it. Without it startnode
# still launches, and says that it could not read it.
if command exec 3< "$SLURM_RESUME_FILE"; then
  export SLURM_RESUME_FILE=/dev/fd/3
fi 2> /dev/null
# slurmscriptd kills what is left of the process group when this script ends, so it must not end before startnode has left
# the group: the substitution is over when the inner shell, which runs after setsid, lets go of its output.
# shellcheck disable=SC2016,SC2086
: "$(/usr/bin/setsid --fork /bin/sh -c 'exec "$@" > /dev/null 2>&1' startnode $run "$@" < /dev/null 2> /dev/null)"
