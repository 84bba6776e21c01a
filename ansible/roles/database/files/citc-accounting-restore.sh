#!/bin/bash
# Fills Slurm's database from the newest dump, when it has no tables. The dump is read into a database of another name, and its tables are
# moved together: what was interrupted begins anew. Prints what it did, or nothing.
#
# Usage: citc-accounting-restore DATABASE DIRECTORY
set -euo pipefail
database=$1 directory=$2
part=${database}_restored

sql() {
  mariadb --batch --skip-column-names --execute "$1"
}

tables=$(sql "SHOW TABLES FROM \`$database\`")
[[ -z $tables ]] || exit 0
newest=
for file in "$directory/$database"-[1-7].sql.gz; do
  if [[ -e $file && (-z $newest || $file -nt $newest) ]]; then newest=$file; fi
done
[[ -n $newest ]] || exit 0
sql "DROP DATABASE IF EXISTS \`$part\`; CREATE DATABASE \`$part\`"
gzip --decompress --stdout "$newest" | mariadb "$part"
moves=$(sql "SET SESSION group_concat_max_len = 1048576;
  SELECT GROUP_CONCAT(CONCAT('\`$part\`.\`', table_name, '\` TO \`$database\`.\`', table_name, '\`'))
  FROM information_schema.tables WHERE table_schema = '$part'")
sql "RENAME TABLE $moves; DROP DATABASE \`$part\`"
echo "filled from $newest"
