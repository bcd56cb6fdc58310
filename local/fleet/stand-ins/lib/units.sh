# Units: a folder $units/NAME holds one while it is loaded.
#   command, environment, properties   what runs
#   state (activating active deactivating), failed (where it has), pid, identity, code, result   how it is

units="$node/units"

# A service that comes with the machine: the stand-ins only note that it runs.
machine_services=' nfs-server docker rpcbind chronyd amazon-ssm-agent amazon-cloudwatch-agent sshd munge slurmd slurmctld '

# unit_name NAME: without the suffix of services.
unit_name() {
  printf '%s' "${1%.service}"
}

unit_is_loaded() {
  [ -d "$units/$1" ]
}

# unit_value UNIT FILE DEFAULT
unit_value() {
  cat "$units/$1/$2" 2>/dev/null || printf '%s' "$3"
}

# unit_property UNIT KEY DEFAULT: the last assignment holds, as in unit files.
unit_property() {
  local value
  value=$(sed -n "s/^$2=//p" "$units/$1/properties" 2>/dev/null | tail -n 1)
  printf '%s' "${value:-$3}"
}

# unit_state UNIT: one that is loaded and has no state yet is being made.
unit_state() {
  local state
  if [ -e "$units/$1/failed" ]; then
    printf failed
  elif unit_is_loaded "$1"; then
    state=$(unit_value "$1" state '')
    printf '%s' "${state:-activating}"
  else
    printf inactive
  fi
}

# unload_unit UNIT: at once, so that nobody finds a half of it.
unload_unit() {
  local away="$node/unloaded/$1.$BASHPID"
  mkdir -p "$node/unloaded"
  mv "$units/$1" "$away" 2>/dev/null && rm -rf "$away"
}

# wait_for_unit UNIT STATE...: until it is in one of the states or no longer loaded.
wait_for_unit() {
  local unit=$1 state wanted
  shift
  while unit_is_loaded "$unit"; do
    state=$(unit_state "$unit")
    for wanted in "$@"; do
      [ "$state" = "$wanted" ] && return 0
    done
    sleep 0.05
  done
}

# seconds TEXT: a systemd time span such as 90, 90s, 5min, 1h, in seconds; empty for infinity.
seconds() {
  local amount=${1%%[a-z]*}
  case "$1" in
    infinity | '') ;;
    *ms) printf '0.%03d' "$amount" ;;
    *min | *m) printf '%s' "$((amount * 60))" ;;
    *h | *hr) printf '%s' "$((amount * 3600))" ;;
    *d | *day | *days) printf '%s' "$((amount * 86400))" ;;
    *) printf '%s' "$amount" ;;
  esac
}

# end_unit_session UNIT SID: the way its properties say.
end_unit_session() {
  local limit
  limit=$(seconds "$(unit_property "$1" TimeoutStopSec 90)")
  end_session "$2" "$(unit_property "$1" KillSignal TERM | sed 's/^SIG//')" "${limit:-90}"
}

# stop_unit UNIT: comes back when the unit has ended.
stop_unit() {
  local unit=$1 pid
  # It may end by itself meanwhile.
  { printf deactivating >"$units/$unit/state" && : >"$units/$unit/stopped"; } 2>/dev/null
  while unit_is_loaded "$unit" && [ ! -e "$units/$unit/failed" ]; do
    pid=$(unit_value "$unit" pid '')
    # Without a process it is about to have one, or has ended and stayed (RemainAfterExit): its supervisor sees the mark.
    [ -z "$pid" ] || end_unit_session "$unit" "$pid"
    sleep 0.05
  done
}
