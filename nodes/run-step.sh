# Starts a step as a systemd unit, or attaches to the one that was started before, and answers with its exit code.
# $1: name of the unit, $2: presigned URL of the step, write_runner: a function that puts the Python files into $1.
# The unit outlives this command, the agent that ran it and SSM's 48 hours. Only the unit itself decides whether it
# runs (step_unit.py), so that two commands for one step never run it twice.
set -u
umask 022

unit=$1
url=$2
# ORCHESTRATOR_ROOT is a prefix of all paths; tests set it.
steps=${ORCHESTRATOR_ROOT:-}/var/lib/orchestrator/steps
dir=$steps/$unit

# First line: how it ended, for the orchestrator. The rest, for people.
give_up() {
  printf 'orchestrator: %s\n%s\n' "$1" "$2"
  exit 1
}

fetch_step() {
  problem=$(umask 077; curl --fail --silent --show-error --retry 5 --retry-connrefused --retry-delay 1 --max-time 60 \
    --output "$dir/payload.$$" "$url" 2>&1) || give_up 'unstarted 1' "could not fetch the step: $problem"
  mv "$dir/payload.$$" "$dir/payload.json"
}

# A unit has a clean environment: it gets what points the AWS clients to their services, and nothing else.
start_unit() {
  python=$(command -v /usr/bin/python3 || command -v python3) || give_up 'unstarted 1' 'python3 is not on this machine'
  set -- --unit="$unit" --collect --quiet \
    --property=KillMode=process --property=OOMPolicy=continue --property=TimeoutStopSec=120 \
    --property=TasksMax=infinity --property=LimitMEMLOCK=infinity --property=LimitNOFILE=524288 \
    --setenv="PATH=$PATH"
  for name in AWS_REGION AWS_DEFAULT_REGION AWS_CA_BUNDLE AWS_EC2_METADATA_SERVICE_ENDPOINT \
    $(env | sed -n 's/^\(AWS_ENDPOINT_URL[A-Z0-9_]*\)=.*/\1/p'); do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$@" --setenv="$name=$value"
  done
  # Refused when the unit is there already: then another command was quicker, and its unit starts any moment.
  problem=$(systemd-run "$@" "$python" -EsSB "$dir/step_unit.py" "$dir" 2>&1) || true
}

await_start() {
  for _ in $(seq 300); do
    [ ! -e "$dir/started" ] || return 0
    sleep 0.2
  done
  give_up 'unstarted 1' "the unit did not start: $problem"
}

mkdir -p "$steps"
mkdir -p -m 0700 "$dir"
if [ ! -e "$dir/started" ]; then
  fetch_step
  # Each file whole or not at all: the unit of another command may be reading them.
  mkdir -p "$dir/new.$$"
  write_runner "$dir/new.$$"
  mv -f "$dir/new.$$"/* "$dir"
  rmdir "$dir/new.$$"
  start_unit
  await_start
fi
# The unit holds the lock as long as it lives: no polling, and its death is noticed.
exec 9>> "$dir/lock"
flock --shared 9
rm -f "$dir"/payload.*
[ -e "$dir/exit" ] || give_up 'vanished 255' 'the unit ended without an exit code: it was killed, or the machine restarted'
cat "$dir/report"
read -r code < "$dir/exit"
# The agent takes 194 as a wish to restart the machine and run the command again.
[ "$code" -ne 194 ] || code=1
exit "$code"
