#!/bin/bash
# Makes a repository of packages for machines that boot, unless it is there: what the packages named and their dependencies need on top of an
# image, from the mirror and with the settings of this computer's own apt, which itself learns nothing of it. Called by package-store.ts under
# a lock and in namespaces of its own.
#
# Usage: build-packages.sh RELEASE IMAGE_DIRECTORY REPOSITORY SOURCES_LIST PACKAGE...
set -euo pipefail

release=$1 image=$2 repository=$3 sources=$4
shift 4

# Somebody else has made it while we waited for the lock.
[[ ! -d $repository ]] || exit 0
# What was left by one that was killed.
part=$repository.part
rm --recursive --force --one-file-system "$part"
mkdir --parents "$part"/{apt/lists/partial,apt/archives/partial,packages}
part=$(realpath "$part")

cat > "$part/apt/apt.conf" << CONF
Dir::State "$part/apt";
Dir::State::status "$(realpath "$image")/var/lib/dpkg/status";
Dir::Cache "$part/apt";
Dir::Etc::SourceList "$part/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Default-Release "$release";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
CONF
echo "$sources" > "$part/apt/sources.list"
# What a command line's -o would be, for both commands; settings of /etc/apt (a proxy) hold.
export APT_CONFIG=$part/apt/apt.conf
apt-get update --quiet
apt-get install --quiet --yes --download-only "$@"

# Named as in Debian's pool: without the epoch, which apt writes as `1%3a`.
shopt -s extglob
for file in "$part"/apt/archives/*.deb; do
  package=${file##*/}
  mv "$file" "$part/packages/${package/_+([0-9])%3a/_}"
done
rm --recursive "$part/apt"
# The index of a flat repository: sources.list(5), "deb URI ./".
cd "$part/packages"
for package in *.deb; do
  dpkg-deb --field "$package"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' \
    "$package" "$(stat --format=%s "$package")" "$(sha256sum "$package" | cut --delimiter=' ' --fields=1)"
done > Packages
mv "$part/packages" "$repository"
rmdir "$part"
