#!/bin/sh
# In the place of mount.nfs of nfs-common, because kernels of test machines have no NFS client: the file server's export is a
# directory that the machine has below /run/file-server, and mounting it binds that. mount(8) calls it so, and knows 32.
#
# Usage: mount.nfs SERVER:PATH DIRECTORY [-sfnvrw] [-o OPTIONS]
set -eu

source=${1:?} directory=${2:?}
shift 2
access=rw
while getopts sfnvrwo:t: option; do
  case $option in
    r) access=ro ;;
    o) case ",$OPTARG," in *,ro,*) access=ro ;; esac ;;
    *) ;;
  esac
done

refuse() {
  echo "mount.nfs: $*" >&2
  exit 32
}

server=${source%%:*} path=${source#*:}
case $server in
  fileserver | fileserver.*) ;;
  *) refuse "Failed to resolve server $server: Name or service not known" ;;
esac
export=/run/file-server$path
[ -d "$export" ] || refuse "mounting $source failed, reason given by server: No such file or directory"
mount --no-canonicalize --bind "$export" "$directory"
[ "$access" = rw ] || mount --no-canonicalize -o remount,bind,ro "$directory"
