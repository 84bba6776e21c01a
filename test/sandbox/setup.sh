#!/bin/bash
# Makes this computer ready for the sandbox, and with it for `npm run demo`, `npm run sandbox` and `npm test`: installs
# the Debian packages that are missing, and the npm packages if there are none. Says what before it does it; does
# nothing when nothing is missing.
#
# None of these packages starts a service. Slurm and munge are not installed here: they live in the images of the
# sandbox's machines (machines/build-image.sh), and what this computer runs itself is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

fail() {
  echo "setup: $*" >&2
  exit 1
}

# A command of each package; requirements.ts looks for the same.
declare -A package_of=(
  [ip]=iproute2
  [mmdebstrap]=mmdebstrap
  [mount]=mount
  [unshare]=util-linux
  [nsenter]=util-linux
  [setpriv]=util-linux
  [flock]=util-linux
)
declare -A missing=()
for command in "${!package_of[@]}"; do
  command -v "$command" > /dev/null || missing[${package_of[$command]}]=1
done

if ((${#missing[@]} > 0)); then
  packages=("${!missing[@]}")
  command -v apt-get > /dev/null ||
    fail "needs ${packages[*]}, and can install packages only on Debian: install them and try again."
  ((EUID == 0)) ||
    fail "needs the Debian packages ${packages[*]}: run this as root, or have them installed."
  echo "setup: installing the Debian packages ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  install=(apt-get install --yes --quiet --quiet --no-install-recommends "${packages[@]}")
  # The lists of packages may be absent or too old to install from.
  "${install[@]}" > /dev/null 2>&1 || {
    apt-get update --quiet --quiet
    "${install[@]}" > /dev/null
  }
fi

if [[ ! -d node_modules ]]; then
  command -v npm > /dev/null || fail "needs Node 20.19 or later with npm: install them and try again."
  echo "setup: installing the npm packages (npm ci)"
  npm ci --no-audit --no-fund
fi
