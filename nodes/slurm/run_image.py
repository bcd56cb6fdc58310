"""Runs a container image as a task of Slurm's; the argument is the image's words, as JSON: {"image", "command"?}."""

import json
import os
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import containers  # noqa: E402

# What belongs to the node, not to the job.
OF_THE_NODE = ("PATH", "HOME", "PWD", "OLDPWD", "SHLVL", "SHELL", "USER", "LOGNAME", "HOSTNAME", "TMPDIR", "_")
# Slurm waits 30 seconds (KillWait); then nobody is left to remove the container.
PATIENCE_SECONDS = 20
ENDS = (signal.SIGTERM, signal.SIGINT)
# Signals come to all processes of the task. These are for the container, which has them from its client.
FOR_THE_CONTAINER = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGCONT)
NODE_LIST = "ORCH_NODE_LIST"


def main(action):
    wakeups = watch_signals()
    engine = containers.engine()
    containers.sign_in(engine, action["image"])
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_NODE}
    name = "orch-slurm-%s-%s-%s" % tuple(os.environ.get(key, "0") for key in ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_PROCID"))
    # Of the same job before its node was lost for a while.
    containers.remove(engine, name)
    child = subprocess.Popen(containers.arguments(engine, name, action, environment, "/data", os.environ[NODE_LIST]))
    follow(child, wakeups, lambda: containers.remove(engine, name))
    return exit_code(child.wait())


def watch_signals():
    """Makes signals readable. A handler that does nothing is not inherited by programs, as an ignored signal would be."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD,) + ENDS + FOR_THE_CONTAINER:
        signal.signal(number, lambda *_: None)
    return read


def follow(child, wakeups, remove):
    """Until the child has ended. Told to end, the container has a while for it; its client has the signal, too."""
    ends_at = None
    while child.poll() is None:
        patience = None if ends_at is None else max(0.0, ends_at - time.monotonic())
        ready, _, _ = select.select([wakeups], [], [], patience)
        if ready and any(number in ENDS for number in os.read(wakeups, 4096)) and ends_at is None:
            ends_at = time.monotonic() + PATIENCE_SECONDS
        if ends_at is not None and time.monotonic() >= ends_at:
            remove()
            child.kill()
            return


def exit_code(code):
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        sys.exit(main(json.loads(sys.argv[1])))
    except (containers.EngineError, OSError, subprocess.SubprocessError) as problem:
        print(problem, file=sys.stderr, flush=True)
        sys.exit(127)
