#!/bin/bash
# Makes this machine the management node of a cluster. What it needs to know stands in the instance's metadata, where
# infra/management-facts.ts put it; none of it is secret.
set -euo pipefail
# {% include "functions.sh" %}

fact() {
  cloud-init query "ds.metadata.$1"
}

# A playbook that hangs is ended then.
readonly PLAYBOOK_SECONDS_MAX=7200

begin_log
domain=$(fact domain)
repository=$(fact ansible_repo)
ref=$(fact ansible_branch)
has_commands git ansible-pull || install_packages git ansible-core
run_playbook management.yml management "$(hostname --short).$domain" "$repository" "$ref" "$PLAYBOOK_SECONDS_MAX"
