#!/bin/bash
# Dumps Slurm's accounting to the shared file system, so that another management node can go on with it. Each day of the week has a file of
# its own, which is there only when it is whole.
#
# Usage: citc-accounting-dump DATABASE DIRECTORY
set -euo pipefail
umask 0077
database=$1 directory=$2

tables=$(mariadb --batch --skip-column-names --execute "SHOW TABLES FROM \`$database\`")
if [[ -z $tables ]]; then
  echo "$database has no tables yet: nothing is dumped"
  exit 0
fi
file=$directory/$database-$(date +%u).sql.gz
trap 'rm --force "$file.new"' EXIT
mariadb-dump --single-transaction --quick "$database" | gzip > "$file.new"
sync "$file.new"
mv "$file.new" "$file"
