#!/bin/bash
# Makes the instance that a file for dscreate describes, with the manager's password that another file holds. dscreate reads a file alone; this
# one is in memory and has no name by then, so that the password is nowhere else, and on no command line.
#
# Usage: make-instance.sh DESCRIPTION PASSWORD_FILE
set -euo pipefail

description=${1:?} password_file=${2:?}

file=$(mktemp --tmpdir=/run)
exec 3<> "$file"
rm "$file"
{
  cat "$description"
  printf 'root_password = '
  cat "$password_file"
} >&3
timeout 600 dscreate from-file /proc/self/fd/3
