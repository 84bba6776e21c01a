#!/bin/bash
# Adds the entries of a file that are not in the directory yet, as root's Directory Manager. Says how many.
#
# Usage: add-entries.sh URL FILE
set -euo pipefail

url=${1:?} file=${2:?}
work=$(mktemp --directory)
trap 'rm --recursive "$work"' EXIT

# The users of an earlier machine may be many.
if ! timeout 600 ldapadd -Q -Y EXTERNAL -H "$url" -c -f "$file" -S "$work/skipped" > "$work/output" 2>&1; then
  # That an entry is there is no failure; nothing else may be.
  if [[ ! -s $work/skipped ]] || grep '^# Error:' "$work/skipped" | grep --quiet --invert-match '(68)'; then
    cat "$work/output" >&2
    exit 1
  fi
fi
count() { grep --count '^dn:' "$1" || true; }
touch "$work/skipped"
echo "added $(($(count "$file") - $(count "$work/skipped")))"
