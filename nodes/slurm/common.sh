# What the scripts of Slurm share. Its files are in one folder of ours; nothing depends on where a distribution has them.
slurm=/var/lib/orchestrator/slurm
conf=$slurm/conf
run=/run/orchestrator
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/slurm/bin:/opt/slurm/sbin
export PATH SLURM_CONF=$conf/slurm.conf

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# field NAME: the value of NAME=value in a line that scontrol has written, read from the input; they may have spaces.
field() {
  sed -n "s/.*\(^\| \)$1=\(.*\)/\2/; T; s/ [A-Z][A-Za-z0-9:/]*=.*//; s/ *$//; p; q"
}

# Jobs that we ended for the loss of a node, on the head node: Slurm calls them cancelled, and takes no note of a job that has
# just lost one.
ended_for_loss=$slurm/ended-for-loss

end_for_loss() {
  mkdir -p $ended_for_loss
  : > "$ended_for_loss/$1"
  scancel "$1"
}

# is_since RELEASE: whether the installed Slurm is of that release or of a later one.
is_since() {
  local release
  release=$(slurmctld -V 2> /dev/null || slurmd -V)
  printf '%s\n%s\n' "$1" "${release##* }" | sort --check=quiet --version-sort
}

# start_soon JOB: has a job that was put back into the queue start as soon as it can, however often it is asked for: Slurm has it
# wait two minutes for no reason of ours. A node that has ended the job takes a start of it within the same second, as Slurm
# counts, for the one that was ended, and the job would fail.
start_soon() {
  local begins
  begins=$(scontrol --oneliner show job "$1" | field EligibleTime)
  [ $(($(date --date="$begins" +%s) - $(date +%s))) -le 2 ] || scontrol update JobId="$1" StartTime=now+2
}

hurry_requeued() {
  local job
  for job in $(squeue --noheader --states=PENDING --format='%i %r' | sed -n 's/ BeginTime$//p'); do
    [ "$(scontrol --oneliner show job "$job" | field Restarts)" = 0 ] || start_soon "$job"
  done
}
