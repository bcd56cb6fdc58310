import { awsHost } from '../deployment/aws-host.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { UnplacedStep } from './node-step.ts';

/** Mounting waits for the head node's export, which may come with a boot that is slower than the others'. */
const PREPARE_TIMEOUT_SECONDS = 600;

/**
 * The step that makes `/data` the same folder on every node. A single node needs none: its `/data` is its own disk,
 * unless the manifest names a file system.
 */
export function sharedDataSteps({ spec }: Manifest): readonly UnplacedStep[] {
  const { storage } = spec;
  const nodes = spec.nodePools.reduce((sum, pool) => sum + pool.count, 0);
  switch (storage.type) {
    case 'HeadNode':
      return nodes === 1 ? [] : [prepareStep(headNodeScript, {})];
    case 'EFS':
      return [prepareStep(efsScript, { FILE_SYSTEM: awsHost(`${storage.fileSystemId}.efs`, spec.placement.region) })];
    case 'FSx':
      return [prepareStep(fsxScript, { FILE_SYSTEM: awsHost(`${storage.fileSystemId}.fsx`, spec.placement.region) })];
  }
}

function prepareStep(script: string, env: Readonly<Record<string, string>>): UnplacedStep {
  return { name: 'Share /data', ranks: 'all', action: { kind: 'script', script }, env, timeoutSeconds: PREPARE_TIMEOUT_SECONDS, system: true };
}

/** Shell functions that the mounting scripts have in common. */
const preamble = String.raw`#!/bin/bash
set -euo pipefail

die() { echo "$*" >&2; exit 1; }

# Installs a package where the machine image lacks it: install <package on Fedora> <package on Debian>
install() {
  if command -v dnf > /dev/null; then dnf install --quiet --assumeyes "$1"
  elif command -v apt-get > /dev/null; then apt-get update --quiet && DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes "$2"
  else die "this machine lacks $1 (or $2) and has no package manager that we know: use an image that has it"
  fi
}

# Mounts at /data, trying for five minutes: mount_data <type> <what> <options>
mount_data() {
  ! grep --quiet ' /data nfs' /proc/mounts || return 0
  local message= tries
  for tries in {1..106}; do
    if message=$(mount -t "$1" -o "$3" "$2" /data 2>&1); then return; fi
    case $message in *'helper program'*) install nfs-utils nfs-common ;; esac
    # The head's export is there soon after the nodes; a thousand of them do not ask for it so often for long.
    if [ "$tries" -le 8 ]; then sleep 0.5; else sleep 3; fi
  done
  die "could not mount $2 at /data within 5 minutes: $message"
}
`;

/**
 * The head node exports its `/data` to the job's nodes and nobody else; the others mount it. When it runs again some nodes
 * have been replaced: their addresses may be another job's by then, and are served no more.
 */
const headNodeScript = `${preamble}${String.raw`
if [ "$ORCH_RANK" -eq 0 ]; then
  command -v exportfs > /dev/null || install nfs-utils nfs-kernel-server
  mkdir -p /data/results
  systemctl start nfs-server
  clients=()
  while read -r _ address _; do clients+=("$address:/data"); done < "$ORCH_NODE_LIST"
  while read -r folder client; do
    client=${'$'}{client%%(*}
    # Exports that the machine image brings along, to names and networks, are not ours.
    if [ "$folder" = /data ] && [[ $client =~ ^[0-9.]+$ ]] && [[ " ${'$'}{clients[*]} " != *" $client:/data "* ]]; then exportfs -u "$client:/data"; fi
  done < <(exportfs -s)
  exportfs -o rw,sync,no_root_squash,no_subtree_check "${'$'}{clients[@]}"
else
  read -r _ head _ < "$ORCH_NODE_LIST"
  mount_data nfs "$head:/data" rw,hard,nfsvers=4.2,noatime,retry=0
fi
`}`;

const efsScript = `${preamble}${String.raw`
mount_data nfs4 "$FILE_SYSTEM:/" nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,retry=0
mkdir -p /data/results
`}`;

const fsxScript = `${preamble}${String.raw`
mount_data nfs "$FILE_SYSTEM:/fsx" nfsvers=4.2,rsize=1048576,wsize=1048576,hard,noatime,retry=0
mkdir -p /data/results
`}`;
