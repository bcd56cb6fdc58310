#!/bin/bash
# Slurm runs this before each task and before each batch script, which get what it prints into their environment: the
# submitting node's name, rank and pool are not theirs.
. /var/lib/orchestrator/slurm/bin/common.sh
. "$conf/node"
printf 'export ORCH_NODE=%s\nexport ORCH_RANK=%s\nexport ORCH_POOL=%s\n' "$ORCH_NODE" "$ORCH_RANK" "$ORCH_POOL"
# So is the collector of each node. Another endpoint, on the loopback too, is a manifest's or a script's.
port=/var/lib/orchestrator/telemetry/port
if [ -n "${ORCH_OTLP_ENDPOINT-}" ] && [ "$ORCH_OTLP_ENDPOINT" = "${OTEL_EXPORTER_OTLP_ENDPOINT-}" ]; then
  if [ -s $port ]; then
    printf 'export %s\n' {ORCH,OTEL_EXPORTER}_OTLP_ENDPOINT="http://127.0.0.1:$(< $port)"
  else
    printf 'unset %s\n' {ORCH,OTEL_EXPORTER}_OTLP_ENDPOINT
  fi
fi
case ${OTEL_RESOURCE_ATTRIBUTES-} in
  *orchestrator.node.name=*)
    printf 'export OTEL_RESOURCE_ATTRIBUTES=%s\n' "$(sed -E "s/(orchestrator\.node\.name=)[^,]*/\1$ORCH_NODE/
      s/(orchestrator\.node\.pool=)[^,]*/\1$ORCH_POOL/; s/,(cloud\.availability_zone|host\.id)=[^,]*//g" <<< "$OTEL_RESOURCE_ATTRIBUTES")"
    ;;
esac
# Open MPI takes docker's bridge, which has the same address on every node, for a way to the others, and waits there for ever
# (open-mpi/ompi#6377). It ends where it is told both of interfaces to use and of others to leave out: whoever names some, in
# the environment or for mpirun in the script, is told of none.
names_interfaces() {
  [ -n "$(compgen -e | grep "_MCA_$1_if_")" ] || grep --quiet --no-messages "$1_if_" "$(printf '%s/spool/job%05d/slurm_script' "$slurm" "${SLURM_JOB_ID-0}")"
}
if [ -e /sys/class/net/docker0 ]; then
  for transport in btl_tcp oob_tcp; do
    names_interfaces $transport || printf 'export OMPI_MCA_%s_if_exclude=lo,docker0\n' $transport
  done
fi
[ -z "${SLURM_STEP_ID-}" ] || [ "$SLURM_STEP_ID" = 4294967291 ] || exit 0

batch=$SLURM_TASK_PID
NOTICE_LOOKS=3
# Nodes that are noticed together are one signal.
QUIET_SECONDS=30

# The notice to a node of this job (watch-spot.sh).
notice() { scontrol --oneliner show job "$SLURM_JOB_ID" 2> /dev/null | field AdminComment; }

# has_signal SET: whether the script has the signal among those it blocks (SigBlk) or catches (SigCgt).
has_signal() {
  local name mask number
  number=$(kill -l "$NOTICE_SIGNAL")
  while read -r name mask; do
    if [ "$name" = "$1:" ]; then ((0x$mask >> (number - 1) & 1)); return; fi
  done < "/proc/$batch/status"
  return 1
}

# Whether the script handles the signal, or keeps it for later; another one would die of it, though nothing is lost yet.
# While it starts a program the C library blocks all signals, for a moment: who keeps one does it for longer.
handles_signal() {
  local look
  ! has_signal SigCgt || return 0
  for look in 1 2 3 4; do
    [ "$look" -eq 1 ] || sleep 0.1
    has_signal SigBlk || return 1
  done
}

# As long as the script runs. What it writes into its output file is seen by the head node when this node has sent it to
# /data: without being asked it would do so after half a minute.
attend() {
  local output found seen
  local -i looks=0 quiet_until=0
  seen=$(notice)
  while sleep 1; do
    output=$(readlink "/proc/$batch/fd/1") || break
    [ ! -f "$output" ] || sync --data "$output"
    [ $((++looks % NOTICE_LOOKS)) -eq 0 ] && found=$(notice) && [ -n "$found" ] && [ "$found" != "$seen" ] || continue
    if [ $SECONDS -ge $quiet_until ]; then
      handles_signal || continue
      kill -s "$NOTICE_SIGNAL" "$batch"
      quiet_until=$((SECONDS + QUIET_SECONDS))
    fi
    seen=$found
  done
}

# In a process group of its own: Slurm ends that of this script.
set -m
attend < /dev/null > /dev/null 2>&1 &
