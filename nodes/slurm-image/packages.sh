#!/bin/bash
# Amazon Linux 2023: what Slurm is built with, and what nodes use beside it. No service is enabled but the container
# engine: Slurm's own are started by the job that a machine works for.
set -euo pipefail

# The first that has what nodes' collectors send by (docs/telemetry-on-nodes.md). Nodes with an older one have no collector.
least_agent=1.300066

building=(
  autoconf automake bzip2 gcc gcc-c++ gcc-gfortran gzip kernel-headers libtool make patch perl pkgconf-pkg-config tar xz
  bzip2-devel dbus-devel hwloc-devel libevent-devel libgcrypt-devel numactl-devel openssl-devel pam-devel readline-devel zlib-devel
)
nodes=(
  amazon-cloudwatch-agent docker environment-modules hostname iproute jq mdadm nfs-utils procps-ng python3 util-linux xfsprogs
)

# The small edition of GnuPG cannot check signatures with a key that a file holds.
if rpm --quiet --query gnupg2-minimal; then
  dnf swap --assumeyes --quiet gnupg2-minimal gnupg2-full
fi
dnf install --assumeyes --quiet "${building[@]}" "${nodes[@]}"
agent=$(rpm --query --queryformat '%{VERSION}' amazon-cloudwatch-agent)
if ! printf '%s\n' $least_agent "$agent" | sort --check=quiet --version-sort; then
  echo "The CloudWatch agent is $agent; nodes of this image have no collector, which needs $least_agent or later." >&2
fi

# Containers of the orchestrator are on the network of their machine. A bridge has the same address on every machine, and MPI
# takes it for a way from one to the other (open-mpi/ompi#6377). What the parent image says of docker stays.
settings=/etc/docker/daemon.json
mkdir -p /etc/docker
[ -s $settings ] || echo '{}' > $settings
jq '. + { bridge: "none" }' $settings > $settings.new
mv $settings.new $settings
systemctl enable docker
