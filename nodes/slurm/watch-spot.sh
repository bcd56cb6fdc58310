#!/bin/bash
# Looks on a Spot machine whether EC2 wants it back. The node then takes no more jobs; shortly before it goes, those that run
# on it are marked, of which their scripts get a signal (task-prolog.sh), and at last those that may run again are put back
# into the queue. `watch-spot.sh market` says how the machine was bought.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$conf/node"
endpoint=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
LOOK_SECONDS=5
# A machine that goes is shut down in order: its part of a job would fail, before anybody knew that the node is lost.
LEAVE_SECONDS=12

# metadata PATH: what the machine's metadata service has there; fails where that is nothing.
metadata() {
  local token
  token=$(curl --fail --silent --max-time 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$endpoint/latest/api/token") &&
    curl --fail --silent --max-time 5 --header @- "$endpoint/latest/meta-data/$1" <<< "X-aws-ec2-metadata-token: $token"
}

if [ "${1-}" = market ]; then
  for _ in {1..5}; do metadata instance-life-cycle && exit; sleep 1; done
  exit 0
fi

is_worker() { grep --quiet --line-regexp --fixed-strings "$ORCH_NODE" "$conf/workers"; }

# Jobs that end with this machine: without the head node there is no cluster.
jobs_here() {
  if [ "$ORCH_RANK" -eq 0 ]; then squeue --noheader --states=RUNNING --format=%i
  else squeue --noheader --nodelist="$ORCH_NODE" --states=RUNNING --format=%i
  fi
}

mark_jobs() {
  local job
  for job in $(jobs_here); do
    case " $marked " in *" $job "*) continue ;; esac
    if scontrol update JobId="$job" AdminComment="$notice"; then marked+=" $job"; fi
  done
}

# Where jobs go on without lost nodes, they go on without this one, unless their script is here.
requeue_jobs() {
  local job said
  for job in $(jobs_here); do
    said=$(scontrol --oneliner show job "$job")
    [ "$(field Requeue <<< "$said")" = 1 ] || continue
    if [ "$ON_NODE_LOSS" = Requeue ] || [ "$(field BatchHost <<< "$said")" = "$ORCH_NODE" ]; then scontrol requeue "$job"; fi
  done
}

# marked: jobs that know of this notice.
told='' marked=''
while :; do
  pause=$LOOK_SECONDS
  going=$(metadata spot/instance-action | sed -n 's/.*"time" *: *"\([^"]*\)".*/\1/p')
  if [ -n "$going" ]; then
    notice="Spot interruption at $going"
    if [ "$notice" != "$told" ] && { ! is_worker || scontrol update NodeName="$ORCH_NODE" State=DRAIN Reason="$notice"; }; then told=$notice marked=''; fi
    left=$(($(date --date="$going" +%s) - $(date +%s)))
    [ $left -gt "$NOTICE_SECONDS" ] || mark_jobs
    if [ $left -le $LEAVE_SECONDS ]; then
      [ "$ORCH_RANK" -eq 0 ] || requeue_jobs
    elif [ $((left - LEAVE_SECONDS)) -lt $pause ]; then
      pause=$((left - LEAVE_SECONDS))
    fi
  fi
  sleep $pause
done
