#!/bin/bash
# Puts the files of an archive below a directory, unless they are there as the archive has them. Each is written beside the old one and takes its
# place when it is whole: Slurm may be calling it. What they need comes before the programs, by its name (opt, usr). Says so when it did anything.
#
# Usage: install-programs.sh ARCHIVE DIRECTORY
set -euo pipefail
umask 0022

archive=${1:?} root=${2:?}
if tar --compare --gzip --file "$archive" --directory "$root" > /dev/null 2>&1; then exit 0; fi

work=$(mktemp --directory)
trap 'rm --recursive "$work"' EXIT
# With the modes that Slurm wants (0755): it refuses programs that group or others may write to.
tar --extract --gzip --file "$archive" --directory "$work" --no-same-owner --preserve-permissions
while read -r file; do
  mkdir --parents "$root/$(dirname "$file")"
  cp --preserve=mode,timestamps "$work/$file" "$root/$file.new"
  mv "$root/$file.new" "$root/$file"
done < <(cd "$work" && find . -type f -printf '%P\n' | sort)
echo "installed what $archive has"
