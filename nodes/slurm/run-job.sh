#!/bin/bash
# Runs a step of the job as a batch job of Slurm's, on the head node: submits it (submit-once.sh), prints its output while it
# runs, follows it through its restarts, and ends as it ends. SIGTERM cancels it.
set -uo pipefail
. "$ORCH_FILES/common.sh"

# How often it looks: at first, so that short jobs end soon, and in the long run.
FIRST_LOOKS=25
FIRST_LOOK_SECONDS=0.2
LOOK_SECONDS=1
# How often Slurm has to say so before a job counts as held.
HELD_LOOKS=3
# How long a node of a job that was cancelled may be silent; one that is busy answers in the end, and has output to tell.
SILENT_NODE_SECONDS=10
# How often what follows the job is begun, where it is killed.
MOST_FOLLOWERS=3
# How long the controller may be silent; it may be started anew.
SILENCE_SECONDS=600
# Slurm's own, which slurm.conf leaves as it is.
SLURMD_PORT=6818
files=$ORCH_FILES
report=$ORCH_REPORT
# Where it was submitted before, by this step of this attempt.
note=${files%/*}/slurm-job
# There when it shall end.
stop=$files/stop
unset ORCH_FILES ORCH_REPORT

. "$files/submit-once.sh"

# Without whoever runs this step nobody hears of the job any more.
is_wanted() {
  kill -0 "$PPID" 2> /dev/null || : > "$stop"
  [ ! -e "$stop" ]
}

# look: what Slurm says of the job, into $said; fails while it does not answer.
look() { said=$(scontrol --oneliner show job "$job" 2>&1) && [[ $said == JobId=* ]]; }

is() { field "$1" <<< "$said"; }

# print_new FILE OFFSET: what the file has beyond its first bytes; answers in $offset how far that is. Opening it anew is
# what makes a shared file system tell of what another machine has written.
print_new() {
  local size
  offset=$2
  size=$(wc -c 2> /dev/null < "$1") || return 0
  [ "$size" -gt "$offset" ] || return 0
  tail --bytes=+$((offset + 1)) "$1" | head --bytes=$((size - offset))
  offset=$size
}

# path FIELD: a file of the job's; Slurm leaves the name of the node in it to those who know it.
path() {
  local file
  file=$(is "$1")
  printf '%s' "${file//%N/$(is BatchHost)}"
}

print_output() {
  local output errors
  output=$(path StdOut) errors=$(path StdErr)
  if [[ $output == *%* && -z $told_pattern ]]; then
    echo "The output of batch job $job is in $output, and cannot be shown here: Slurm does not say what its name becomes"
    told_pattern=yes
  fi
  print_new "$output" "$printed"
  printed=$offset
  [ "$errors" != "$output" ] && [ -n "$errors" ] || return 0
  print_new "$errors" "$printed_errors"
  printed_errors=$offset
}

# The notice to a node of the job (watch-spot.sh), in the log where its script does not tell of it.
print_notice() {
  local notice
  notice=$(is AdminComment)
  [ "$notice" != "$told_notice" ] || return 0
  echo "EC2 wants a node of batch job $job back: $notice"
  told_notice=$notice
}

# bounded SECONDS COMMAND...: the signals that end it are none of those that do not count here.
bounded() { (trap - TERM INT; exec timeout "$@"); }

# Somebody wants the step to end.
cancel() {
  [ -n "$cancelled" ] || echo "Cancelling batch job $job"
  if bounded 30 scancel "$job"; then cancelled=yes; fi
}

# A machine that is gone does not say that its part of the job has ended, and Slurm would wait for it a minute and more.
give_up_silent() {
  local node
  for node in $(sinfo --noheader --Node --partition=all --states=COMPLETING --nodes="$(is NodeList)" --format=%N); do
    if bounded 3 bash -c ': < "/dev/tcp/$0/$1"' "$node" $SLURMD_PORT 2> /dev/null; then
      unset "silent_nodes[$node]"
    elif [ $((SECONDS - ${silent_nodes[$node]:=$SECONDS})) -ge $SILENT_NODE_SECONDS ]; then
      scontrol update NodeName="$node" State=DOWN Reason='the machine does not answer'
    fi
  done
}

# Workers that Slurm calls down, with its reason, of which nobody says that their machines are gone. Those of another address
# in the newest list of nodes are being replaced.
down_workers() {
  local node state reason address
  sinfo --noheader --Node --partition="$(is Partition)" --Format=NodeList:80,StateComplete:80,Reason:200 | sort --unique |
    while read -r node state reason; do
      [[ $state == *down* && $reason != 'the machine is gone'* ]] || continue
      address=$(awk -v node="$node" '$1 == node { print $2 }' "$ORCH_NODE_LIST")
      ! grep --quiet --line-regexp --fixed-strings "$address $node" /etc/hosts || printf '%s is down (%s); ' "$node" "$reason"
    done
}

# give_up_down REASON: ends a job that waits for workers which have been down for long. EC2 runs their machines, so that
# nobody else misses them: they have started again, or nothing on them gets any time.
give_up_down() {
  local down=
  case $1 in Resources | Priority | *Node*) down=$(down_workers) ;; esac
  # It may wait for the nodes of another job.
  if [ -z "$down" ] || [ -n "$(squeue --noheader --states=RUNNING,COMPLETING,SUSPENDED --format=%i)" ]; then
    down_since=$SECONDS
  elif [ $((SECONDS - down_since)) -ge "$(< "$files/down-seconds")" ]; then
    printf 'Batch job %s is ended, since it would wait for ever: %s\n' "$job" "${down%; }"
    end_for_loss "$job"
  fi
}

# pending RESTARTS REASON PRIORITY: says when it is back in the queue, has it start as soon as it can, and ends what Slurm
# would keep there for ever: with a priority of 0 it looks at a job no more.
pending() {
  if [ "$1" != "$restarts" ]; then printf 'Batch job %s is in the queue again, restarts: %s\n' "$job" "$1"; fi
  restarts=$1
  case $2 in
    # The nodes that were left had to end their part first: whoever told Slurm of the loss is not there any more.
    BeginTime) [ "$1" -eq 0 ] || start_soon "$job" ;;
    # Somebody's wish.
    JobHeldUser | JobHeldAdmin) return ;;
  esac
  give_up_down "$2"
  if [ "$3" != 0 ]; then
    held=0
  elif [ $((++held)) -eq $HELD_LOOKS ]; then
    case $2 in
      BadConstraints) tell_refusal "$2" ;;
      *) echo "Slurm could not start batch job $job ($2)" ;;
    esac
    bounded 30 scancel "$job"
  fi
}

# Until Slurm has done with it. A state that is followed by another one is none of those at the end.
follow() {
  local -i silent_since=$SECONDS looks=0 down_since=$SECONDS
  local -A silent_nodes=()
  printed=0 printed_errors=0 restarts=0 held=0 cancelled='' told_pattern='' told_notice='' told_unreleased=''
  while :; do
    if ! is_wanted && [ -z "$cancelled" ]; then cancel; fi
    if look; then
      silent_since=$SECONDS
      print_output
      print_notice
      case $(is JobState) in
        COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL | PREEMPTED | BOOT_FAIL | DEADLINE | OUT_OF_MEMORY) return ;;
        RUNNING) down_since=$SECONDS ;;
        PENDING) if is_released; then pending "$(is Restarts)" "$(is Reason)" "$(is Priority)"; else release; fi ;;
        COMPLETING) [ -z "$cancelled" ] || give_up_silent ;;
      esac
    elif [ $((SECONDS - silent_since)) -gt $SILENCE_SECONDS ]; then
      die "Slurm does not answer: $said"
    fi
    if [ $((looks++)) -lt $FIRST_LOOKS ]; then sleep $FIRST_LOOK_SECONDS; else sleep $LOOK_SECONDS; fi
  done
}

json() { printf '%s' "$1" | head --bytes="$2" | sed 's/[\\"]/\\&/g' | tr -d '[:cntrl:]'; }

# How it ended: in Slurm's words, but where it was ended for the loss of the node that its script ran on.
end_state() { if [ -e "$ended_for_loss/$job" ]; then echo NODE_FAIL; else is JobState; fi; }

# What a launcher has begun that was killed may tell it at the same time: the whole of it at once.
tell() {
  local reason nodes
  reason=$(is Reason) nodes=$(is NodeList)
  {
    printf '{"id":"%s","state":"%s","nodes":"%s","restarts":%d' "$job" "$(json "$(end_state)" 40)" "$(json "${nodes/#(null)/}" 400)" "$(is Restarts)"
    [ "$reason" = None ] || printf ',"reason":"%s"' "$(json "$reason" 200)"
    printf '}\n'
  } > "$report.$BASHPID"
  mv -f "$report.$BASHPID" "$report"
}

# ExitCode is the script's, and the signal that ended it. What ends a job that is out of memory is a signal, whatever Slurm says.
exit_code() {
  local both code signal
  both=$(is ExitCode)
  code=${both%:*} signal=${both#*:}
  if [ "$(is JobState)" = OUT_OF_MEMORY ]; then echo 137;
  elif [ "$signal" -gt 0 ]; then echo $((128 + signal));
  elif [ "$code" -gt 0 ] || [ "$(is JobState)" = COMPLETED ]; then echo "$code";
  else echo 1; fi
}

tell_end() {
  local code
  code=$(is ExitCode)
  printf 'Slurm: batch job %s ended as %s (%s, exit code %s) on %s, restarts: %s\n' "$job" "$(end_state)" "$(is Reason)" "$code" "$(is NodeList)" "$(is Restarts)"
  # Slurm's word for it, in the place of a signal.
  [ "$code" != 0:53 ] || echo "Slurm could not open a file of the script or enter its folder on $(is BatchHost): $(is StdOut), $(is StdErr), $(is WorkDir)"
}

run_job() {
  take_job
  follow
  # What was written last may be on its way.
  for _ in 1 2 3; do sleep 0.3; print_output; done
  tell
  [ "$(is JobState)" = COMPLETED ] || tell_end
  exit "$(exit_code)"
}

# The signal that ends a step comes to all its processes. This shell notes it, and does nothing else: bash may lose one that
# comes while it reads what a program says. The others go on, since they would not know of a job that is there.
rm -f "$stop"
trap ': > "$stop"' TERM INT
trap '' PIPE
for ((followers = 0; followers < MOST_FOLLOWERS; followers++)); do
  (trap '' TERM INT; run_job) &
  follower=$!
  while :; do
    wait "$follower"
    kill -0 "$follower" 2> /dev/null || break
  done
  wait "$follower"
  code=$?
  # One that was killed has not told of an end: the job goes on, and the next one takes it up.
  if [ $code -le 128 ] || [ -s "$report" ]; then exit $code; fi
  echo "What follows the batch job was killed (exit code $code)"
done
if [ -s "$note" ]; then bounded 30 scancel "$(< "$note")"; fi
exit $code
