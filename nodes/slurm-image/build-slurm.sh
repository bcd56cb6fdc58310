#!/bin/bash
# Builds munge, PMIx and Slurm from their releases into /usr/local, where every shell and every step finds them. Knows
# nothing of a distribution. SLURM_VERSION, SLURM_URL and SLURM_SHA256 say which Slurm; a file whose checksum differs is
# not unpacked.
set -euo pipefail

prefix=/usr/local
# 0.5.18 is the first without CVE-2026-25506. The checksum is that of the tag's archive.
munge_url=${MUNGE_URL:-https://github.com/dun/munge/archive/munge-0.5.18.tar.gz}
munge_sha256=${MUNGE_SHA256:-67722a4fbf46d206fa01061cd8832a04693d8a5d2699540b86528016de7efb55}
# All releases of Slurm from 22.05 on can use version 4.
pmix_url=${PMIX_URL:-https://github.com/openpmix/openpmix/releases/download/v4.2.9/pmix-4.2.9.tar.bz2}
pmix_sha256=${PMIX_SHA256:-6b11f4fd5c9d7f8e55fc6ebdee9af04b839f44d06044e58cea38c87c168784b3}

work=$(mktemp --directory)
log=
finish() {
  local code=$?
  if [ "$code" -ne 0 ] && [ -e "$log" ]; then tail -n 100 "$log" >&2; fi
  rm -rf "$work"
}
trap finish EXIT

# What nodes need of Slurm; configure leaves out silently what it lacks something for.
plugins=(
  auth_munge cgroup_v2 gres_gpu jobcomp_filetxt mpi_pmix proctrack_cgroup proctrack_linuxproc sched_backfill select_cons_tres
  task_affinity task_cgroup topology_tree
)

# $1: name of the folder to unpack into, $2: URL, $3: SHA-256 of what is there
fetch() {
  local file=$work/$1.archive
  curl --fail --location --silent --show-error --retry 5 --retry-connrefused --output "$file" "$2"
  if ! printf '%s  %s\n' "$3" "$file" | sha256sum --check --status --strict; then
    printf 'The file at %s has the SHA-256 %s, not %s.\n' "$2" "$(sha256sum "$file" | cut -d ' ' -f 1)" "$3" >&2
    exit 1
  fi
  mkdir "$work/$1"
  tar --extract --file "$file" --directory "$work/$1" --strip-components 1
}

# $1: folder, the rest: options of configure
build() {
  local folder=$work/$1
  shift
  log=$folder.log
  # A condition after the brackets would let it go on behind what fails.
  (
    cd "$folder"
    [ -x configure ] || ./bootstrap
    ./configure --quiet --prefix="$prefix" --libdir="$prefix/lib" "$@"
    make --silent --jobs "$(nproc)"
    make --silent install
  ) > "$log" 2>&1
  log=
  ldconfig
}

verify() {
  local plugin missing=()
  for plugin in "${plugins[@]}"; do
    [ -e "$prefix/lib/slurm/$plugin.so" ] || missing+=("$plugin")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    printf 'Slurm was built without: %s\n' "${missing[*]}" >&2
    grep --ignore-case --regexp 'warning' "$work/slurm.log" >&2 || true
    exit 1
  fi
}

fetch munge "$munge_url" "$munge_sha256"
fetch pmix "$pmix_url" "$pmix_sha256"
fetch slurm "$SLURM_URL" "$SLURM_SHA256"
printf '%s\n' "$prefix/lib" > /etc/ld.so.conf.d/slurm-image.conf
# Autoconf before 2.70 makes a configure that does not know --runstatedir; this one is of munge itself.
build munge --sysconfdir=/etc --localstatedir=/var --with-runstatedir=/run
build pmix --disable-dependency-tracking
build slurm --sysconfdir=/etc/slurm --with-munge="$prefix" --with-pmix="$prefix" --with-hwloc --disable-slurmrestd --disable-x11 \
  --disable-dependency-tracking
mkdir -p /etc/slurm
verify
"$prefix/sbin/slurmctld" -V
