#!/bin/bash
# Shows that a machine of this image can be a node of Slurm: all that the orchestrator calls is there, munge works, and
# a cluster of this one machine, configured as nodes are, runs jobs, keeps them to their cores and memory, and starts MPI.
# SLURM_VERSION: what has to be installed. MUST_CONFINE: whether an image passes on which Slurm cannot confine jobs: no, if
# it is set. NODE_FILES: where common.sh and machine.sh are, nodes/slurm if it is not set.
set -euo pipefail

node_files=${NODE_FILES:-$(dirname "${BASH_SOURCE[0]}")/../slurm}
. "$node_files/common.sh"
. "$node_files/machine.sh"
work=$(mktemp --directory)
munge_socket=$work/munge.socket
export SLURM_CONF=$work/slurm.conf ORCH_FILES=$work
daemon=verify-slurmd-$$
daemons=()

finish() {
  local code=$?
  systemctl stop "$daemon" 2> /dev/null || true
  if [ "${#daemons[@]}" -gt 0 ]; then
    kill "${daemons[@]}" 2> /dev/null || true
    wait "${daemons[@]}" || true
  fi
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
    python3 curl systemd-run taskset flock exportfs mount.nfs; do
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

# As core/runtimes/slurm/cluster has it.
configure_cluster() {
  local host hardware groups
  host=$(hostname --short)
  hardware=$(slurmd -C | sed -n 's/^NodeName=[^ ]* \(.*\)/\1/p')
  mkdir "$work/state" "$work/spool"
  printf 'CgroupPlugin=autodetect\nConstrainCores=yes\nConstrainRAMSpace=yes\n' > "$work/cgroup.conf"
  # It replaces the file that it reads.
  groups=$(cgroup_conf)
  printf '%s\n' "$groups" > "$work/cgroup.conf"
  machine_conf > "$work/machine.conf"
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
SlurmdLogFile=$work/slurmd.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
PropagateResourceLimits=NONE
NodeName=$host NodeAddr=127.0.0.1 $hardware
PartitionName=all Nodes=$host Default=YES
Include $work/machine.conf
END
}

is_idle() {
  [ "$(sinfo --noheader --format %T)" = idle ]
}

# The daemon as a unit such as nodes have it: what it may do with control groups is systemd's to give.
start_cluster() {
  configure_cluster
  slurmctld -D -f "$SLURM_CONF" > "$work/slurmctld.log" 2>&1 &
  daemons+=("$!")
  systemd-run --quiet --unit="$daemon" --property=KillMode=process --property=Delegate=yes --property=OOMPolicy=continue \
    --property=TasksMax=infinity --property=LimitMEMLOCK=infinity --setenv=PATH="$PATH" --setenv=SLURM_CONF="$SLURM_CONF" \
    "$(command -v slurmd)" -D -f "$SLURM_CONF"
  await 60 is_idle
}

# ends_as STATE CODE OPTION...: whether a batch job with the script of the input ends so.
ends_as() {
  local wanted="$1 $2" job ended
  shift 2
  cat > "$work/job.sh"
  : > "$work/job.log"
  job=$(sbatch --parsable --wait --chdir="$work" --output="$work/job.log" "$@" "$work/job.sh") || true
  ended=$(scontrol --oneliner show job "$job" | sed -n 's/.* JobState=\([^ ]*\) .* ExitCode=\([0-9]*\):.*/\1 \2/p')
  [[ $ended == $wanted ]] || fail "the job ended as $ended instead of $wanted"
}

jobs_run() {
  srun --mpi=list 2>&1 | grep pmix > /dev/null || fail 'srun knows no PMIx'
  ends_as FAILED 7 << 'END'
#!/bin/bash
srun --mpi=pmix true && exit 7
END
}

# Whatever it asks the kernel for, a task has its own core alone; and a program that takes more memory than its job has is
# killed.
jobs_are_confined() {
  if ! manages_cgroups; then
    [ -z "${MUST_CONFINE-}" ] || fail 'Slurm cannot use the control groups of this machine'
    echo 'Slurm cannot use the control groups of this machine: jobs are not confined'
    return
  fi
  ends_as COMPLETED 0 --ntasks=1 --mem=100M --export="ALL,THREADS=$(slurmd -C | sed -n 's/.*ThreadsPerCore=\([0-9]*\).*/\1/p')" << 'END'
#!/bin/bash
last=$(($(nproc --all) - 1))
granted=$(taskset --cpu-list "0-$last" nproc)
echo "$granted of $((last + 1)) CPUs"
[ "$granted" -eq "$THREADS" ]
END
  ends_as OUT_OF_MEMORY '*' --ntasks=1 --mem=100M << 'END'
#!/bin/bash
python3 -c 'len(b"x" * (400 << 20))'
END
}

mpi_works() {
  if ! command -v mpicc > /dev/null; then
    echo 'There is no MPI'
    return
  fi
  cat > "$work/sum.c" << 'END'
#include <mpi.h>
int main(int count, char **words) {
  int rank, sum;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  rank++;
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  MPI_Finalize();
  return sum == 3 ? 0 : 1;
}
END
  mpicc -o "$work/sum" "$work/sum.c" > "$work/mpicc.log" 2>&1
  ends_as COMPLETED 0 --ntasks=2 << 'END'
#!/bin/bash
srun --mpi=pmix ./sum
END
}

commands_are_there
version_is "$SLURM_VERSION"
munge_works
start_cluster
jobs_run
jobs_are_confined
mpi_works
printf 'Slurm %s works\n' "$SLURM_VERSION"
