"""Waits until this machine has booted."""

# User data (bootstrap.sh) puts the instance store at /data, and the SSM agent takes commands before that has ended. A machine
# that runs no user data, or has no cloud-init, has nothing to wait for.

import os
import select
import time

from step_process import STOPPED_EXIT_CODE, Outcome

PATIENCE_SECONDS = 300
LOOK_SECONDS = 0.2


def wait(run_folder, wakeups):
    """None as soon as it has, else how a step ends that waited in vain."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while _is_booting(run_folder):
        if time.monotonic() >= ends_at:
            return Outcome("unbooted", 1, "this machine did not boot within %g s: its user data has not ended" % PATIENCE_SECONDS)
        if select.select([wakeups], [], [], LOOK_SECONDS)[0] and wakeups.stop_requested():
            return Outcome("stopped", STOPPED_EXIT_CODE, "")
    return None


def take_problems(run_folder):
    """What the user data could not do, to whoever asks first."""
    file = os.path.join(run_folder, "orchestrator/boot-problems")
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            problems = lines.read().splitlines()
        os.remove(file)
    except FileNotFoundError:
        return []
    return problems


def _is_booting(run_folder):
    # Cloud-init has its folder before there is a network, and writes result.json when all that it runs has ended. Where it is
    # switched off, or finds nothing that could tell it user data, its generator says so there before anything starts.
    cloud_init = os.path.join(run_folder, "cloud-init")
    over = (run_folder + "/orchestrator/booted", cloud_init + "/result.json", cloud_init + "/disabled")
    return os.path.isdir(cloud_init) and not any(map(os.path.exists, over))
