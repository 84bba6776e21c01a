#!/bin/bash
# The user data of the compute nodes: the playbook of the management node writes it to /home/slurm/bootstrap.sh, from
# where startnode sends it. Nothing in it is secret.
set -euo pipefail
# {% include "functions.sh" %}

readonly REPOSITORY='{{ ansible_repo }}'
readonly REF='{{ ansible_branch }}'
readonly DOMAIN='{{ compute_domain }}'
readonly EXPORT='{{ file_server }}:{{ file_system_export }}'

readonly SHARED=/mnt/shared
# Root alone may read it. All nodes have the same host keys, so that nobody is asked about a node that is new.
readonly HOST_KEYS=$SHARED/etc/ssh

# Slurm gives a node up before that.
readonly PLAYBOOK_SECONDS_MAX=1800

# The same as in management.yaml. Other accounts of images begin at 1000, those of the directory at 10000.
readonly ADMIN_ID=2000

# The admin's account on every image, with the keys that startnode sends: images of Ubuntu have another one.
make_admin() {
  if ! id opc > /dev/null 2>&1; then
    useradd --create-home --shell /bin/bash --uid "$ADMIN_ID" opc
  elif [[ $(id --user opc) != "$ADMIN_ID" ]]; then
    usermod --uid "$ADMIN_ID" opc
  fi
  install --mode=0440 /dev/stdin /etc/sudoers.d/90-citc-opc <<< 'opc ALL=(ALL) NOPASSWD: ALL'
  local home
  home=$(getent passwd opc | cut --delimiter=: --fields=6)
  install --directory --owner=opc --group=opc --mode=0700 "$home/.ssh"
  cloud-init query ds.metadata.ssh_authorized_keys |
    install --owner=opc --group=opc --mode=0600 /dev/stdin "$home/.ssh/authorized_keys"
}

nfs_client() {
  if command -v apt-get > /dev/null; then echo nfs-common; else echo nfs-utils; fi
}

mount_shared() {
  mkdir --parents "$SHARED"
  mountpoint --quiet "$SHARED" ||
    try_often "mount $EXPORT" timeout 60 mount -t nfs -o vers=3,nosuid,nodev "$EXPORT" "$SHARED"
  # Beside the markers of those that are set up.
  note=$SHARED/finalised/$(hostname --short).failed
  rm --force "$note"
}

take_host_keys() {
  local key
  for key in "$HOST_KEYS"/ssh_host_*_key; do
    install --mode=0600 "$key" /etc/ssh/
    install --mode=0644 "$key.pub" /etc/ssh/
  done
  # By a pattern: ssh.service or sshd.service, and neither where a socket starts it.
  systemctl try-restart 'ssh*.service'
}

# Without a playbook, where the image was made of another node of this cluster (role image).
join_cluster() {
  local join=/usr/local/sbin/citc-join
  [[ -x $join ]] || return 1
  say "joining with what the image has"
  "$join"
}

begin_log
make_admin
has_commands git ansible-pull mount.nfs || install_packages git ansible-core "$(nfs_client)"
mount_shared
take_host_keys
join_cluster || run_playbook compute.yml compute "$(hostname --short).$DOMAIN" "$REPOSITORY" "$REF" "$PLAYBOOK_SECONDS_MAX"
