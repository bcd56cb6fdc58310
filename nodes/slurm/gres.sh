# gres.conf as this machine has it; read, after common.sh, by start.sh.

# Device files of GPUs may be there from the first use on.
wake_gpus() {
  if command -v nvidia-smi > /dev/null; then timeout 60 nvidia-smi -L
  elif command -v nvidia-modprobe > /dev/null; then timeout 60 nvidia-modprobe -c0 -u
  fi > /dev/null 2>&1 || true
}

# stands_in LAST: whether one of /dev/nvidia0 to /dev/nvidiaLAST is missing. As it was found first: to a daemon that runs, other
# devices would be another node.
stands_in() {
  local device found=all decision=$slurm/devices/found-$1
  if [ ! -e "$decision" ]; then
    for ((device = 0; device <= $1; device++)); do [ -e "/dev/nvidia$device" ] || found=missing; done
    mkdir -p $slurm/devices
    printf '%s\n' $found > "$decision"
  fi
  [ "$(< "$decision")" = missing ]
}

# Slurm starts only where the devices of its GPUs are, and counts none without: the null device stands in for each.
gres_conf() {
  local line list device last
  ! grep --quiet /dev/nvidia "$ORCH_FILES/gres.conf" || wake_gpus
  while IFS= read -r line; do
    if [[ $line =~ ^(.*)File=/dev/nvidia(\[0-([0-9]+)\]|0)$ ]]; then
      last=${BASH_REMATCH[3]:-0}
      if stands_in "$last"; then
        line="${BASH_REMATCH[1]}File=$slurm/devices/nvidia${BASH_REMATCH[2]}"
        for ((device = 0; device <= last; device++)); do ln -sfn /dev/null "$slurm/devices/nvidia$device"; done
        list=${line#NodeName=}
        # GPUs of AMD have other devices.
        if [ ! -e /dev/kfd ] && scontrol show hostnames "${list%% *}" | grep --line-regexp --fixed-strings "$ORCH_NODE" > /dev/null; then
          printf 'This machine has not all of /dev/nvidia0 to /dev/nvidia%s: Slurm counts its GPUs all the same.\n' "$last" >&2
        fi
      fi
    fi
    printf '%s\n' "$line"
  done < "$ORCH_FILES/gres.conf"
}
