#!/bin/bash
# Puts the certificates into the database that the directory server reads when it starts, unless they are there.
#
# Usage: take-certificates.sh SHARED_DIRECTORY WORK_DIRECTORY INSTANCE_DIRECTORY
set -euo pipefail

shared=${1:?} work=${2:?} instance=${3:?}

fingerprint() { openssl x509 -noout -fingerprint -sha256; }

# Whether the database has this certificate under this name.
has() {
  local name=$1 file=$2
  [[ $(certutil -L -d "$instance" -n "$name" -a 2> /dev/null | fingerprint 2> /dev/null) == "$(fingerprint < "$file")" ]]
}

if ! has citc-ca "$shared/ca.crt"; then
  certutil -D -d "$instance" -n citc-ca -f "$instance/pwdfile.txt" 2> /dev/null || true
  certutil -A -d "$instance" -n citc-ca -t CT,, -a -i "$shared/ca.crt" -f "$instance/pwdfile.txt"
  echo "taken: the authority's"
fi
if ! has Server-Cert "$work/server.crt"; then
  dsctl citc tls import-server-key-cert "$work/server.crt" "$work/server.key"
  has Server-Cert "$work/server.crt"
  echo "taken: this machine's"
fi
