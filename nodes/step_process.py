"""Runs one process group to its end: its output, a time limit, an orderly stop, and the exit code."""

import collections
import os
import select
import signal
import subprocess
import time

READ_BYTES = 65536
# How often it is looked whether the log has room again, where the step says nothing more.
ROOM_SECONDS = 0.5
# What a background process may still have in the pipe when the step itself has ended.
MAX_LEFTOVER_BYTES = 16 * 1024 * 1024
# How long a step that is told to stop may take, where it does not say.
GRACE_SECONDS = 10.0

TIMED_OUT_EXIT_CODE = 124
NOT_EXECUTABLE_EXIT_CODE = 126
NOT_FOUND_EXIT_CODE = 127
STOPPED_EXIT_CODE = 143

# `kind`: exited, timedOut (by its limit), stopped (from outside) or unbooted (it did not begin: the machine never booted).
Outcome = collections.namedtuple("Outcome", "kind exit_code note")


class Wakeups:
    """Makes signals readable: a child that ended, a wish to stop. Installed before there is a child."""

    def __init__(self):
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def fileno(self):
        return self._read

    def stop_requested(self):
        """Takes what arrived, and says whether somebody wants an end."""
        try:
            arrived = os.read(self._read, READ_BYTES)
        except BlockingIOError:
            return False
        return any(number != signal.SIGCHLD for number in arrived)


def supervise(arguments, environment, folder, limit_seconds, grace_seconds, output, wakeups):
    """Runs the command in a session of its own until it ends, its limit is over, or this process is told to stop."""
    try:
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 cwd=folder, env=environment, start_new_session=True)
    except OSError as problem:
        output.feed(("%s: %s\n" % (arguments[0], problem.strerror)).encode())
        code = NOT_FOUND_EXIT_CODE if isinstance(problem, FileNotFoundError) else NOT_EXECUTABLE_EXIT_CODE
        return Outcome("exited", code, problem.strerror)
    ending = _follow(child, limit_seconds, grace_seconds, output, wakeups)
    _read_leftovers(child.stdout, output)
    output.end()
    if ending is not None:
        _signal_group(child, signal.SIGKILL)
        return ending
    code = child.returncode
    return Outcome("exited", code, "") if code >= 0 else Outcome("exited", 128 - code, signal_note(-code))


def _follow(child, limit_seconds, grace_seconds, output, wakeups):
    """Reads until the child has ended; answers why it was ended, if it was."""
    ending = None
    act_at = None if limit_seconds is None else time.monotonic() + limit_seconds
    pipe = child.stdout
    while child.poll() is None:
        patience = None if act_at is None else max(0.0, act_at - time.monotonic())
        if output.waits_for_room():
            patience = ROOM_SECONDS if patience is None else min(ROOM_SECONDS, patience)
            output.look_again()
        ready, _, _ = select.select([wakeups] if pipe is None else [wakeups, pipe], [], [], patience)
        if pipe in ready:
            data = os.read(pipe.fileno(), READ_BYTES)
            output.feed(data)
            pipe = pipe if data else None
        stop = wakeups in ready and wakeups.stop_requested()
        late = act_at is not None and time.monotonic() >= act_at
        if ending is not None and late:
            _signal_group(child, signal.SIGKILL)
            act_at = None
        elif ending is None and (stop or late):
            ending = _stopped() if stop else Outcome("timedOut", TIMED_OUT_EXIT_CODE, "after %g s" % limit_seconds)
            _signal_group(child, signal.SIGTERM)
            act_at = time.monotonic() + grace_seconds
    return ending


def _stopped():
    return Outcome("stopped", STOPPED_EXIT_CODE, "")


def _read_leftovers(pipe, output):
    """What is in the pipe now; a background process that keeps it open is not waited for."""
    os.set_blocking(pipe.fileno(), False)
    taken = 0
    while taken < MAX_LEFTOVER_BYTES:
        try:
            data = os.read(pipe.fileno(), READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            return
        taken += len(data)
        output.feed(data)


def _signal_group(child, number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def signal_note(number):
    try:
        return "signal %d, %s" % (number, signal.Signals(number).name)
    except ValueError:
        return "signal %d" % number
