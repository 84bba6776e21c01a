#!/bin/bash
# Makes the certificate authority of the directory, where there is none, and a certificate for this machine, where there is none that is of this
# authority and of this name and good for another while. What is made is renamed when it is whole.
#
# Usage: make-certificates.sh SHARED_DIRECTORY WORK_DIRECTORY HOST
set -euo pipefail
umask 0077

shared=${1:?} work=${2:?} host=${3:?}
readonly AUTHORITY_DAYS=7300 HOST_DAYS=3650 RENEW_SECONDS=$((180 * 86400))
authority_key=$shared/private/ca.key authority=$shared/ca.crt
key=$work/server.key certificate=$work/server.crt

new_key() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1"; }

# The certificate is the key's, and is good for a while.
is_good() {
  [[ -s $1 && -s $2 ]] &&
    openssl x509 -in "$2" -noout -checkend "$RENEW_SECONDS" > /dev/null &&
    cmp --silent <(openssl pkey -in "$1" -pubout) <(openssl x509 -in "$2" -noout -pubkey)
}

if ! is_good "$authority_key" "$authority"; then
  new_key "$authority_key.new"
  openssl req -x509 -new -key "$authority_key.new" -sha256 -days "$AUTHORITY_DAYS" -subj "/O=citc/CN=directory of the cluster" \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$authority.new"
  chmod 0644 "$authority.new"
  sync "$authority_key.new" "$authority.new"
  mv "$authority_key.new" "$authority_key"
  mv "$authority.new" "$authority"
  echo "made the authority"
fi

if ! is_good "$key" "$certificate" ||
  ! openssl verify -CAfile "$authority" -verify_hostname "$host" "$certificate" > /dev/null 2>&1; then
  new_key "$key.new"
  openssl req -new -key "$key.new" -subj "/O=citc/CN=directory" |
    openssl x509 -req -CA "$authority" -CAkey "$authority_key" -set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$HOST_DAYS" \
      -extfile <(printf '%s\n' "subjectAltName=DNS:$host" extendedKeyUsage=serverAuth keyUsage=critical,digitalSignature,keyEncipherment \
        basicConstraints=critical,CA:FALSE) -out "$certificate.new" 2> /dev/null
  sync "$key.new" "$certificate.new"
  mv "$key.new" "$key"
  mv "$certificate.new" "$certificate"
  echo "made the certificate of $host"
fi
