#!/bin/bash
# Writes the users and groups of the directory to a file, if they have changed since; the file before stays beside it, with .before at its end.
#
# Usage: citc-directory-export URL SUFFIX FILE
set -euo pipefail
umask 0077

url=${1:?} suffix=${2:?} file=${3:?}

# All attributes, and of those that are kept apart the one that locks an account.
for unit in people groups; do
  ldapsearch -Q -Y EXTERNAL -H "$url" -LLL -o ldif-wrap=no -b "ou=$unit,$suffix" '(!(objectClass=organizationalUnit))' '*' nsAccountLock
done > "$file.new"

if cmp --silent "$file.new" "$file"; then
  rm "$file.new"
  exit 0
fi
sync "$file.new"
if [[ -e $file ]]; then ln --force "$file" "$file.before"; fi
mv "$file.new" "$file"
echo "kept $(grep --count '^dn:' "$file" || true) entries in $file"
