#!/bin/bash
# Slurm, MPI, and what simulated hosts need, on Debian or Ubuntu; root only. Starts and enables none of their services.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

packages=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge openmpi-bin libopenmpi-dev gcc libc6-dev tini iproute2)
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# What packages ask before they start a service; a machine that has its own answer keeps it.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update -qq
apt-get install --yes -qq --no-install-recommends "${missing[@]}"
if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    case "$package" in slurmctld | slurmd | munge) systemctl disable --quiet "$package" ;; esac
  done
fi
