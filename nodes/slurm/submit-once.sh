# Submits the batch job of a step once, whatever is killed meanwhile; run-job.sh reads this.
#
# Slurm does not know a submission that is repeated from a new one. So each is held: what it has taken without anybody
# hearing of it does not run, and whoever comes next looks for it, by its script, which is in the step's folder. The job of
# the note alone is let go, and there is one note: who writes it has the lock, and so has its sbatch, which may outlive it.
#
# What is left: if sbatch is killed as well, with its message on the way, Slurm may take that after the look. It then has a
# second job, which stays held until the cluster ends, and runs never.

# There before sbatch is asked.
asked=$note-asked
# There when the job of the note has been let go.
released=$note-released

# An image runs once for each task, as a container of the task's node.
image_job() {
  printf '#!/bin/bash\nexec srun /usr/bin/env python3 %q %q\n' "$slurm/bin/run_image.py" "$(cat "$files/image.json")" > "$files/job"
  chmod 0700 "$files/job"
}

# All workers of a partition are those that it has now: lost ones may not have been replaced.
all_there_are() {
  local at there
  there=$(scontrol --oneliner show partition "$(< "$files/partition")" | field TotalNodes)
  for at in "${!options[@]}"; do
    if [[ ${options[at]} == --nodes=* ]] && [ "${there:-0}" -gt 0 ] && [ "${options[at]#*=}" -gt "$there" ]; then options[at]=--nodes=$there; fi
  done
}

# find_job: what Slurm has of earlier submissions: the first of them into $job, nothing if there is none. Waits for a controller
# that is silent: nobody submits blindly.
find_job() {
  local answer found
  local -i silent_since=$SECONDS
  until answer=$(squeue --noheader --states=all --sort=i --format='%A %o' 2>&1); do
    end_unless_wanted
    [ $((SECONDS - silent_since)) -le $SILENCE_SECONDS ] || die "Slurm does not answer: $answer"
    sleep $LOOK_SECONDS
  done
  mapfile -t found < <(awk -v script="$files/job" '$2 == script { print $1 }' <<< "$answer")
  job=${found[0]-}
  [ -z "$job" ] || printf 'Found batch job %s, which was submitted before\n' "$job"
  [ ${#found[@]} -le 1 ] || bounded 30 scancel "${found[@]:1}"
}

end_unless_wanted() { is_wanted || die 'The batch job was not submitted: nobody wants it any more'; }

# Into $options.
read_options() {
  mapfile -t options < "$files/options"
  [ ! -e "$files/partition" ] || all_there_are
  [ -e "$files/output" ] || options+=(--output="/data/slurm/$(basename "${files%/*}").out")
}

submit() {
  local options folders answer
  end_unless_wanted
  [ ! -e "$files/image.json" ] || image_job
  read_options
  # A step that ran on a node that is lost stays in Slurm 22.05, and holds its part of the nodes: the next ones share them.
  if grep --quiet --line-regexp --fixed-strings -e --no-kill "$files/options" && ! is_since 23.11; then export SLURM_OVERLAP=1; fi
  # Slurm 22.05 makes none, and does not say so.
  mapfile -t folders < "$files/folders"
  mkdir -p /data/slurm "${folders[@]}"
  : > "$asked"
  if answer=$(sbatch --parsable --hold --open-mode=append "${options[@]}" "$files/job"); then
    job=${answer%%;*}
    [[ $job =~ ^[0-9]+$ ]] || die "sbatch answered $answer"
    printf 'Submitted batch job %s\n' "$job"
  else
    # Where the controller's answer was lost, it has the job nevertheless.
    find_job
    [ -n "$job" ] || exit 1
  fi
}

# take_job: the job of this step into $job, submitted unless it was.
take_job() {
  job=
  exec 9>> "$note-lock"
  flock 9
  if [ -s "$note" ]; then
    read -r job < "$note"
  else
    [ ! -e "$asked" ] || find_job
    [ -n "$job" ] || submit
    printf '%s\n' "$job" > "$note"
  fi
  exec 9>&-
}

is_released() { [ -e "$released" ]; }

# Lets the job start, once: whoever holds it later means it. A job that shall end never starts. Slurm may say that it could
# not, and has done it all the same: where the nodes are not there yet, for one.
release() {
  local words
  is_wanted || return 0
  if words=$(scontrol release "$job" 2>&1) || { look && [[ $(is Priority) != 0 || $(is Reason) != JobHeld* ]]; }; then
    : > "$released"
  elif [ "$words" != "$told_unreleased" ]; then
    printf 'Batch job %s cannot start yet: %s\n' "$job" "$words"
    told_unreleased=$words
  fi
}

# Why no nodes have what the job asks for: of a job that is held sbatch does not say it.
tell_refusal() {
  local options
  read_options
  echo "No nodes of the cluster have what batch job $job asks for ($1)"
  bounded 30 sbatch --test-only "${options[@]}" "$files/job" 2>&1 | grep --invert-match ' to start at ' || true
}
