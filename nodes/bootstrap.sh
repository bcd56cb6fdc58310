#!/bin/bash
# User data of every node: prepares what steps need. Installs nothing: machines come up in subnets without the internet.
# The SSM agent may be there before this has ended; the first step waits for it (machine_boot.py).
set -uo pipefail

# Gone when the machine restarts, and in no image that is made of it.
state=/run/orchestrator
mkdir -p "$state"

problem() { printf '%s\n' "$*" | tee -a "$state/boot-problems" >&2; }

finish() {
  local code=$?
  [ "$code" -eq 0 ] || problem "the user data of this machine ended with exit code $code"
  : > "$state/booted"
}
trap finish EXIT

mkdir -p /var/lib/orchestrator/steps /data/results
chmod 0755 /var/lib/orchestrator "$state"

# Instance store, where the machine has some, becomes /data: the fastest disk there is, gone with the machine. Several
# disks become one; a disk that holds anything is left alone.
data_disks() {
  local device
  for device in /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
    [ -b "$device" ] || continue
    device=$(readlink -f "$device")
    [ "$(lsblk --noheadings --nodeps --output TYPE "$device")" = disk ] || continue
    [ -z "$(blkid --output value --match-tag TYPE "$device")" ] && printf '%s\n' "$device"
  done | sort --unique
}

is_mounted() { grep --quiet ' /data ' /proc/mounts; }

mount_data() {
  local disks target
  mapfile -t disks < <(data_disks)
  [ "${#disks[@]}" -gt 0 ] || return 0
  target=${disks[0]}
  if [ "${#disks[@]}" -gt 1 ]; then
    command -v mdadm > /dev/null || { echo "there is no mdadm to make one of ${#disks[@]} disks"; return 1; }
    mdadm --create /dev/md0 --level 0 --raid-devices "${#disks[@]}" --run --quiet "${disks[@]}" && target=/dev/md0 || target=${disks[0]}
  fi
  # The disks are empty: to discard all their blocks first takes minutes on large ones.
  if command -v mkfs.xfs > /dev/null; then mkfs.xfs -f -q -K "$target"; else mkfs.ext4 -q -E nodiscard "$target"; fi || return 1
  # A file system takes its time to make. What came to be mounted meanwhile is in use.
  ! is_mounted || { echo 'something else was mounted there meanwhile'; return 1; }
  mount -o noatime "$target" /data && mkdir -p /data/results
}

if ! is_mounted; then
  words=$(mount_data 2>&1) || problem "the instance store could not be used, /data stays on the root volume: ${words//$'\n'/; }"
fi

# Machine images have the SSM agent; some do not start it by themselves. On Ubuntu it is a snap.
if command -v systemctl > /dev/null; then
  systemctl enable --now amazon-ssm-agent > /dev/null 2>&1 \
    || systemctl enable --now snap.amazon-ssm-agent.amazon-ssm-agent > /dev/null 2>&1 \
    || echo 'orchestrator: no SSM agent on this machine, it will never take a step' >&2
fi
exit 0
