# What the stand-ins share. They play the parts of a Linux server that a process of a laptop has not:
# systemd, the container engine, NFS. Their state is in $node, which ends with the instance.

node="${FLEET_NODE:-}/run/fleet"

# fail CODE MESSAGE: says it as PROGRAM would, and ends.
fail() {
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}

# ask JSON: sends a request to whoever simulates this instance; prints the answer, fails unless it is 200.
ask() {
  local address="${AWS_EC2_METADATA_SERVICE_ENDPOINT:-$(sed -n 's/^AWS_EC2_METADATA_SERVICE_ENDPOINT=//p' "$node/environment")}"
  local host_port="${address#http://}" status line
  exec 9<>"/dev/tcp/${host_port%:*}/${host_port#*:}" || return 1
  printf 'POST /_node HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "${#1}" "$1" >&9
  read -r _ status _ <&9
  while read -r line <&9 && [ "$line" != $'\r' ]; do :; done
  cat <&9
  exec 9<&- 9>&-
  [ "$status" = 200 ]
}

# The variables that every program of this machine gets, as env arguments in the array machine_environment.
read_machine_environment() {
  machine_environment=()
  local line
  while IFS= read -r line; do
    machine_environment+=("$line")
  done <"$node/environment"
}

# identity_of PID: what tells a process from a later one with its id, as local/process-identity.ts reads it.
identity_of() {
  local line
  if [ -e /proc/self/stat ]; then
    line=$(cat "/proc/$1/stat" 2>/dev/null) && line=${line##*) } && cut -d ' ' -f 20 <<<"$line"
  else
    read -r line < <(ps -o lstart= -p "$1") && printf '%s\n' "$line"
  fi
}

# record_process FOLDER PID: for whoever ends the process later. Who finds the id finds whose it is.
record_process() {
  printf '%s' "$(identity_of "$2")" >"$1/identity"
  printf '%s' "$2" >"$1/pid"
}

# terminate_session SID SIGNAL: signals every process of a session.
terminate_session() {
  if command -v pkill >/dev/null 2>&1; then
    pkill "-$2" -s "$1" 2>/dev/null
  else
    kill "-$2" -- "-$1" 2>/dev/null
  fi
}

# session_lives SID: whether any process of a session still runs.
session_lives() {
  if command -v pgrep >/dev/null 2>&1; then
    pgrep -r R,S,D,T -s "$1" >/dev/null 2>&1
  else
    kill -0 -- "-$1" 2>/dev/null
  fi
}

# end_session SID SIGNAL SECONDS: the signal, and SIGKILL for what is left after so many seconds.
end_session() {
  local turns=$(($3 * 20))
  terminate_session "$1" "$2"
  while session_lives "$1" && [ "$turns" -gt 0 ]; do
    sleep 0.05
    turns=$((turns - 1))
  done
  terminate_session "$1" KILL
}
