#!/bin/bash
# Shows that a machine of this image can be a node of Slurm: all that the orchestrator calls is there, munge works, and
# a cluster of this one machine runs a job through sbatch to its exit code. SLURM_VERSION: what has to be installed.
set -euo pipefail

PATH=$PATH:/usr/local/sbin:/usr/local/bin:/opt/slurm/sbin:/opt/slurm/bin:/usr/sbin:/sbin
work=$(mktemp --directory)
munge_socket=$work/munge.socket
export SLURM_CONF=$work/slurm.conf
daemons=()

finish() {
  local code=$?
  [ "${#daemons[@]}" -eq 0 ] || kill "${daemons[@]}" 2> /dev/null || true
  if [ "$code" -ne 0 ]; then
    for log in "$work"/*.log; do
      [ -e "$log" ] || continue
      printf -- '--- %s\n' "${log##*/}" >&2
      tail -n 40 "$log" >&2
    done
  fi
  rm -rf "$work"
}
trap finish EXIT

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

commands_are_there() {
  local command
  for command in slurmctld slurmd sbatch srun scontrol scancel sinfo squeue munged munge unmunge \
    python3 curl systemd-run flock exportfs mount.nfs; do
    command -v "$command" > /dev/null || fail "there is no $command"
  done
  command -v docker > /dev/null || command -v podman > /dev/null || fail 'there is no container engine'
}

version_is() {
  local installed
  installed=$(slurmctld -V)
  [ "${installed##* }" = "$1" ] || fail "wanted is Slurm $1, installed is $installed"
}

# $1: seconds, the rest: a command that is tried until it succeeds
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > "$work/await.log" 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "in vain: $*"
    sleep 0.2
  done
}

munge_works() {
  (umask 077 && head --bytes 128 /dev/urandom > "$work/munge.key")
  munged --force --foreground --key-file="$work/munge.key" --socket="$munge_socket" --pid-file="$work/munge.pid" \
    --log-file="$work/munged.log" --seed-file="$work/munge.seed" > "$work/munge.out.log" 2>&1 &
  daemons+=("$!")
  await 20 [ -S "$munge_socket" ]
  munge --socket="$munge_socket" --no-input | unmunge --socket="$munge_socket" > /dev/null
}

configure_cluster() {
  local host
  host=$(hostname --short)
  mkdir "$work/state" "$work/spool"
  cat > "$SLURM_CONF" << END
ClusterName=verify
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=36817
SlurmdPort=36818
AuthType=auth/munge
AuthInfo=socket=$munge_socket
SlurmUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=1
PartitionName=all Nodes=$host Default=YES
END
}

is_idle() {
  [ "$(sinfo --noheader --format %T)" = idle ]
}

cluster_runs_a_job() {
  configure_cluster
  slurmctld -D -f "$SLURM_CONF" > "$work/slurmctld.log" 2>&1 &
  daemons+=("$!")
  slurmd -D -f "$SLURM_CONF" > "$work/slurmd.log" 2>&1 &
  daemons+=("$!")
  await 60 is_idle
  srun --mpi=list 2>&1 | grep --quiet pmix || fail 'srun knows no PMIx'
  printf '#!/bin/bash\nsrun --mpi=pmix true && exit 7\n' > "$work/job.sh"
  local code=0
  sbatch --wait --quiet --chdir="$work" --output="$work/job.log" "$work/job.sh" || code=$?
  [ "$code" -eq 7 ] || fail "the job ended with $code instead of 7"
}

commands_are_there
version_is "$SLURM_VERSION"
munge_works
cluster_runs_a_job
printf 'Slurm %s works\n' "$SLURM_VERSION"
