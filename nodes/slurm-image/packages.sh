#!/bin/bash
# Amazon Linux 2023: what Slurm is built with, and what nodes use beside it. No service is enabled but the container
# engine: Slurm's own are started by the job that a machine works for.
set -euo pipefail

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
systemctl enable docker
