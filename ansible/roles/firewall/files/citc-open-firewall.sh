#!/bin/bash
# Lets the networks that are its arguments in, before whatever the image's own rules refuse: those of Oracle's Ubuntu images
# end with a REJECT of all but SSH. What is accepted in a table of ours would still be refused there.
#
# Usage: citc-open-firewall [--check] NETWORK...
# With --check it changes nothing, and exits with 1 when one of them is not let in.
set -euo pipefail

readonly LOCK_SECONDS=30

is_check=
if [[ ${1-} == --check ]]; then
  is_check=1
  shift
fi
if ! command -v iptables > /dev/null; then exit 0; fi
for network in "$@"; do
  rule=(INPUT --source "$network" --jump ACCEPT)
  if iptables --wait "$LOCK_SECONDS" --check "${rule[@]}" 2> /dev/null; then continue; fi
  [[ -z $is_check ]] || exit 1
  iptables --wait "$LOCK_SECONDS" --insert "${rule[@]}"
done
