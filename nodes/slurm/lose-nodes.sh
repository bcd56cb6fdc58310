#!/bin/bash
# Tells Slurm on the head node that the machines of $LOST_NODES are gone: what ran there is put back into the queue at once
# where it may be, instead of when Slurm has waited for them in vain.
set -euo pipefail
. "$ORCH_FILES/common.sh"

# `name=address` of each. Where a new machine has the name by now, this comes too late to be told.
lost=
for node in $LOST_NODES; do
  if grep --quiet --line-regexp --fixed-strings "${node#*=} ${node%%=*}" /etc/hosts; then lost+=${lost:+,}${node%%=*}; fi
done
[ -n "$lost" ] || exit 0
scontrol update NodeName="$lost" State=DOWN Reason='the machine is gone'
# A job that goes on without the nodes it lost (--no-kill) would go on without its script, too.
for job in $(squeue --noheader --states=RUNNING --format=%i); do
  said=$(scontrol --oneliner show job "$job")
  case ,$lost, in
    *,"$(field BatchHost <<< "$said")",*)
      if [ "$(field Requeue <<< "$said")" = 1 ]; then scontrol requeue "$job"; else end_for_loss "$job"; fi
      ;;
  esac
done
# The nodes that are left end their part of a job first.
for _ in {1..100}; do
  hurry_requeued
  [ -n "$(squeue --noheader --nodelist="$lost" --states=RUNNING,COMPLETING --format=%i)" ] || break
  sleep 0.2
done
hurry_requeued
sinfo --Node --nodes="$lost" --partition=all --long
