#!/bin/bash
# Brings Slurm up on this node: the controller on the head, a daemon on each worker. Runs on all nodes at once, and again
# on all of them when some were replaced: what runs goes on, and learns of the new ones.
set -euo pipefail
. "$ORCH_FILES/common.sh"
. "$ORCH_FILES/machine.sh"
. "$ORCH_FILES/gres.sh"

PATIENCE_SECONDS=540
# How long a worker waits for the controller where nobody waits for its word.
CONTROLLER_SECONDS=30
# This step in this round of the configuration, the same on all nodes.
step=$(basename "${ORCH_FILES%/*}")
declare -i began=SECONDS

installed() {
  command -v "$1" > /dev/null || die "this machine has no $1: use an image with Slurm"
}

# put NAME TEXT MODE: a file of the configuration; notes whether it is another one than before.
changed=
put() {
  local file=$conf/$1 new
  [ -e "$file" ] && [ "$2" = "$(cat "$file")" ] && return
  new=$(umask 077; mktemp "$conf/.$1.XXXXXX")
  printf '%s\n' "$2" > "$new"
  chmod "$3" "$new"
  mv -f "$new" "$file"
  changed=yes
}

sent() { cat "$ORCH_FILES/$1"; }

# The names of the nodes, whoever else names anything there. The file may be a link.
write_hosts() {
  local begin='# Nodes of the job, by the orchestrator' end='# End of the nodes of the job' text new
  text=$(
    printf '%s\n' "$begin"
    while read -r name address _; do printf '%s %s\n' "$address" "$name"; done < "$ORCH_NODE_LIST"
    printf '%s\n' "$end"
    sed "/^$begin\$/,/^$end\$/d" /etc/hosts
  )
  [ "$text" != "$(cat /etc/hosts)" ] || return 0
  new=$(mktemp /etc/hosts.XXXXXX)
  printf '%s\n' "$text" > "$new"
  chmod 0644 "$new"
  mv -f "$new" /etc/hosts
  changed=yes
}

set_name() {
  [ "$(cat /proc/sys/kernel/hostname)" != "$ORCH_NODE" ] || return 0
  # A name of the kernel's alone may be set back by whoever manages the network.
  hostnamectl set-hostname "$ORCH_NODE" 2> /dev/null || hostname "$ORCH_NODE" 2> /dev/null || printf '%s' "$ORCH_NODE" > /proc/sys/kernel/hostname || die "this machine does not take the host name $ORCH_NODE"
}

install_files() {
  local name
  mkdir -p "$conf" $slurm/bin $slurm/logs $slurm/state $slurm/spool $run
  chmod 0700 $slurm/state
  chmod 0755 $slurm "$conf" $slurm/bin $slurm/logs $slurm/spool $run
  put munge.key "$(sent munge.key)" 0400
  put slurm.conf "$(sent slurm.conf)" 0644
  put topology.conf "$(sent topology.conf)" 0644
  put workers "$(sent workers)" 0644
  put machine.conf "$(machine_conf)" 0644
  put cgroup.conf "$(cgroup_conf)" 0644
  put gres.conf "$(gres_conf)" 0644
  # Its other collective lets ranks go before all have come, on busy nodes: some run into a peer that is still in MPI_Init,
  # which crashes (open-mpi/ompi#12495).
  if has_pmix; then put mpi.conf PMIxCollFence=ring 0644; fi
  put node "ORCH_NODE=$ORCH_NODE"$'\n'"ORCH_RANK=$ORCH_RANK"$'\n'"ORCH_POOL=$ORCH_POOL"$'\n'"NOTICE_SIGNAL=$NOTICE_SIGNAL"$'\n'"NOTICE_SECONDS=$NOTICE_SECONDS"$'\n'"ON_NODE_LOSS=$ON_NODE_LOSS" 0644
  for name in common.sh watch-spot.sh task-prolog.sh run_image.py containers.py; do
    cp "$ORCH_FILES/$name" "$slurm/bin/.$name"
    chmod 0755 "$slurm/bin/.$name"
    mv -f "$slurm/bin/.$name" "$slurm/bin/$name"
  done
  # So that srun and sinfo work in any shell. What somebody else put there stays.
  if [ ! -e /etc/slurm/slurm.conf ]; then mkdir -p /etc/slurm && ln -sfn "$SLURM_CONF" /etc/slurm/slurm.conf; fi
}

# A unit whose process has failed starts again in a moment, a few times (Restart=).
has_ended() {
  case $(systemctl show --property=ActiveState --value "$1") in inactive | failed) return 0 ;; *) return 1 ;; esac
}

# How often a daemon may start until its unit has failed, in as much time as it is waited for: by default systemd counts ten seconds
# alone, and starts one that takes three to fail for ever.
MOST_STARTS=5

# start UNIT COMMAND...: unless it runs, or is about to again.
start() {
  local unit=$1
  shift
  has_ended "$unit" || return 0
  systemctl reset-failed "$unit" 2> /dev/null || true
  systemd-run --quiet --unit="$unit" --property=KillMode=process --property=Delegate=yes \
    --property=Restart=on-failure --property=StartLimitIntervalSec=$PATIENCE_SECONDS --property=StartLimitBurst=$MOST_STARTS \
    --property=OOMPolicy=continue --property=TasksMax=infinity --property=LimitMEMLOCK=infinity --property=LimitNOFILE=1048576 \
    --property=LimitSTACK=infinity --setenv=PATH="$PATH" --setenv=SLURM_CONF="$SLURM_CONF" \
    ${AWS_EC2_METADATA_SERVICE_ENDPOINT:+--setenv=AWS_EC2_METADATA_SERVICE_ENDPOINT="$AWS_EC2_METADATA_SERVICE_ENDPOINT"} \
    "$(command -v "$1")" "${@:2}" 8>&-
}

# await UNIT WHAT TEST...: until the test is true; says what the unit said last when it has ended, or when that takes too long.
await() {
  local unit=$1 what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    if has_ended "$unit" || [ $((SECONDS - began)) -gt $PATIENCE_SECONDS ]; then fail_with "$unit" "$what"; fi
    sleep 0.2
  done
}

fail_with() {
  local words
  words=$({ journalctl --unit="$1" --lines=6 --no-pager --output=cat; tail -n 6 "$slurm/logs/${1#orch-}.log"; } 2> /dev/null | awk '!seen[$0]++' | tail -n 6) || true
  printf '%s\n' "$2: ${words:-no word of why}" >&2
  # The head need not wait for a daemon that is not there: it is told for as long as it waits. Without munge it cannot be.
  if [ "$1" = orch-slurmd ]; then with_controller $((began + PATIENCE_SECONDS - SECONDS)) timeout 10 scontrol update NodeName="$ORCH_NODE" State=DOWN Reason="$2 ($step)"; fi
  exit 1
}

# with_controller SECONDS COMMAND...: as soon as the controller answers, if it does so soon: on workers it may be about to start.
with_controller() {
  local -i end=SECONDS
  [ "$ORCH_RANK" -eq 0 ] || end+=$1
  shift
  until "$@" 2> /dev/null; do
    [ $SECONDS -lt $end ] || return 0
    sleep 1
  done
}

start_munge() {
  # It reads its key when it starts. Attempts that are older than their first key get another one.
  if [ "$conf/munge.key" -nt $run/munge.socket ]; then systemctl stop orch-munged 2> /dev/null || true; fi
  start orch-munged munged --foreground --force --socket=$run/munge.socket --key-file="$conf/munge.key" \
    --pid-file=$run/munged.pid --log-file=$slurm/logs/munged.log --seed-file=$slurm/state/munged.seed
  await orch-munged 'munge did not start' munge --socket=$run/munge.socket --no-input
}

controller_answers() { scontrol ping | grep 'is UP' > /dev/null; }

start_controller() {
  local node
  if [ -n "$changed" ] && systemctl is-active --quiet orch-slurmctld; then
    for node in $(left_nodes); do
      # What ran there does not any more, and a controller that does not know the node would end the whole job. A new machine
      # in its place comes back when it registers.
      scontrol update NodeName="$node" State=DOWN Reason='the machine is gone'
      scontrol update NodeName="$node" State=UNDRAIN 2> /dev/null || true
    done
    systemctl stop orch-slurmctld
  fi
  start orch-slurmctld slurmctld -D -f "$SLURM_CONF"
  await orch-slurmctld 'slurmctld did not start' controller_answers
}

# Nodes that had another address when this ran last, or that are none of the cluster any more.
left_nodes() {
  [ ! -e $slurm/nodes ] || awk 'NR == FNR { address[$1] = $2; next } { now[$1] = $2 } END { for (name in address) if (address[name] != now[name]) print name }' $slurm/nodes "$ORCH_NODE_LIST"
}

# scontrol exits with 0 where nobody answers.
daemon_answers() { scontrol show slurmd "$ORCH_NODE" | grep '^Slurmd PID' > /dev/null; }

# What its predecessor was drained for is not true of a new machine.
undrain() {
  local state
  state=$(timeout 10 sinfo --noheader --nodes="$ORCH_NODE" --partition=all --Format=StateComplete:80) || return 1
  [[ $state != *drain* ]] || timeout 10 scontrol update NodeName="$ORCH_NODE" State=UNDRAIN
}

start_daemon() {
  if [ -n "$changed" ] && systemctl is-active --quiet orch-slurmd; then systemctl kill --kill-who=main --signal=HUP orch-slurmd; fi
  start orch-slurmd slurmd -D -f "$SLURM_CONF"
  await orch-slurmd 'slurmd did not start' daemon_answers
  [ -e $slurm/nodes ] || with_controller $CONTROLLER_SECONDS undrain
}

# The nodes that do not answer, each with its state and reason. Drained ones are there.
missing() {
  sinfo --noheader --Node --partition=all --Format=NodeList:80,StateComplete:80,Reason:200 |
    awk 'NR == FNR { wanted[$1]; next }
      { name = $1; state = $2; sub(/^[^ ]+ +[^ ]+ +/, ""); sub(/ +$/, "") }
      state !~ /down|unknown|not_responding/ || /^Spot interruption/ { delete wanted[name]; next }
      { said[name] = state ($0 == "none" ? "" : ", " $0) }
      END { for (name in wanted) print name " (" (name in said ? said[name] : "unknown to Slurm") ")" }' "$conf/workers" - | sort --version-sort
}

# A reason of this step is news; of an earlier round it may be over.
await_workers() {
  local left
  until left=$(missing) && [ -z "$left" ]; do
    if grep --quiet --fixed-strings "did not start ($step)" <<< "$left" || [ $((SECONDS - began)) -gt $PATIENCE_SECONDS ]; then
      left=${left//" ($step)"/}
      die "$(wc -l <<< "$left") of $(wc -l < "$conf/workers") nodes are not in the cluster: $(head -n 10 <<< "$left" | paste --serial --delimiters=';' | sed 's/;/; /g')"
    fi
    sleep 0.3
  done
}

watch_spot() {
  [ "$(bash $slurm/bin/watch-spot.sh market)" != spot ] || start orch-watch-spot bash $slurm/bin/watch-spot.sh
}

for program in munged munge scontrol; do installed $program; done
mkdir -p $slurm
exec 8> $slurm/lock
flock 8
write_hosts
set_name
computes=no
if grep --quiet --line-regexp --fixed-strings "$ORCH_NODE" "$ORCH_FILES/workers"; then computes=yes; fi
[ "$ORCH_RANK" -ne 0 ] || installed slurmctld
[ $computes = no ] || installed slurmd
install_files
start_munge
[ "$ORCH_RANK" -ne 0 ] || start_controller
[ $computes = no ] || start_daemon
cp "$ORCH_NODE_LIST" $slurm/nodes
flock --unlock 8
watch_spot
if [ "$ORCH_RANK" -eq 0 ]; then
  await_workers
  hurry_requeued
  sinfo
  sinfo --list-reasons --noheader --partition=all
fi
