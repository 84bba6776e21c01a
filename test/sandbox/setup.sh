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

# First of all, so that nothing is installed where it would be of no use.
[[ $(uname) == Linux ]] || fail "the sandbox's machines are Linux namespaces; this is $(uname)."
((EUID == 0)) ||
  fail "npm run demo, npm run sandbox and npm test make network namespaces and mounts, so they need root:" \
    "try again with sudo (npm run oci-api and npm run check do not need it)."

readonly NODE_VERSION_MIN=20.19
version=$(node --print process.versions.node 2> /dev/null) ||
  fail "needs Node $NODE_VERSION_MIN or later, and finds none in PATH: install it and try again."
printf '%s\n' "$NODE_VERSION_MIN" "$version" | sort --version-sort --check=quiet ||
  fail "needs Node $NODE_VERSION_MIN or later, and $(command -v node) is $version: install a newer one and try again."
command -v npm > /dev/null || fail "needs npm, which comes with Node, and finds none in PATH: install it and try again."

# A command of each package; requirements.ts looks for the same.
declare -A package_of=(
  [ip]=iproute2
  [mmdebstrap]=mmdebstrap
  [mount]=mount
  [unshare]=util-linux
  [nsenter]=util-linux
  [setpriv]=util-linux
  [flock]=util-linux
  [script]=bsdutils
  [git]=git
)
declare -A missing=()
for command in "${!package_of[@]}"; do
  command -v "$command" > /dev/null || missing[${package_of[$command]}]=1
done

if ((${#missing[@]} > 0)); then
  packages=("${!missing[@]}")
  command -v apt-get > /dev/null ||
    fail "needs ${packages[*]}, and can install packages only on Debian: install them and try again."
  echo "setup: installing the Debian packages ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  install=(apt-get install --yes --quiet --quiet --no-install-recommends "${packages[@]}")
  # The lists of packages may be absent or too old to install from.
  "${install[@]}" > /dev/null 2>&1 || {
    apt-get update --quiet --quiet || fail "apt-get update failed; what it says stands above."
    "${install[@]}" > /dev/null || fail "apt-get could not install ${packages[*]}; what it says stands above."
  }
fi

# npm writes this file last: without it an earlier npm ci did not come to its end.
if [[ ! -e node_modules/.package-lock.json ]]; then
  echo "setup: installing the npm packages (npm ci), about half a minute"
  npm ci --no-audit --no-fund --loglevel=error || fail "npm ci failed; what it says stands above."
fi
