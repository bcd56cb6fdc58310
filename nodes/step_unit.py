"""Runs one step on this node, once. The main process of the step's systemd unit; its argument is the step's folder.

The folder keeps what happened, for the commands that attach (run-step.sh): `lock`, held as long as this process lives;
`started`, made by whoever decides that the step runs, or that it never will; `report` and `exit`, the end of it. Root
alone can look into it: a step may have secrets among its files.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
import traceback

import collector
import containers
import log_account
import machine_boot
from instance import Instance, JsonService
from job_logs import JobLogs
from step_identity import line_identity, step_environment
from step_output import TAIL_BYTES, Output, Tail
from step_process import GRACE_SECONDS, NOT_FOUND_EXIT_CODE, STOPPED_EXIT_CODE, Outcome, Wakeups, supervise

INTERNAL_EXIT_CODE = 255
# Behind the traceback, of which only the end is kept.
RUNNER_FAILED = "The step runner failed on this node."
# What the answer may carry beside the tail and its first line.
REPORT_BYTES = 1000
# More than TimeoutStopSec of a unit (run-step.sh).
STOP_SECONDS = 150
# How often a launcher is begun that is killed.
MOST_LAUNCHES = 3


def claim(folder):
    """Takes the right to decide on a step: the lock, held from now on, or None if it is decided already."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lock = open(os.path.join(folder, "lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(os.open(os.path.join(folder, "started"), os.O_CREAT | os.O_EXCL, 0o644))
        return lock
    except (BlockingIOError, FileExistsError):
        lock.close()
        return None


def finish(folder, outcome, tail, scheduler=""):
    """Writes the end of a step: the report first, since the exit code says that all is there."""
    note = " (%s)" % outcome.note if outcome.note else ""
    if scheduler:
        # The answer of a command has room for 2500 characters.
        said = "orchestrator: scheduler %s\n" % scheduler
        tail = tail.encode("utf-8", "replace")[-(TAIL_BYTES + 300 - len(said)):].decode("utf-8", "ignore")
    else:
        # Only the line above is ours, whatever the step has printed.
        said = " " if tail.startswith("orchestrator: ") else ""
    write(folder, "report", "orchestrator: %s %d%s\n%s%s\n" % (outcome.kind, outcome.exit_code, note, said, tail))
    write(folder, "exit", "%d\n" % outcome.exit_code)


def write(folder, name, text, mode=0o644):
    path = os.path.join(folder, name)
    # Steps that run at once write the same list of nodes. And a secret is never readable by others, not for a moment.
    new = "%s.%d" % (path, os.getpid())
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", errors="replace") as file:
        os.chmod(new, mode)
        file.write(text)
    os.replace(new, path)
    return path


def stop_units(steps, units):
    """Ends units of earlier steps; one that has not begun never will."""
    begun = []
    for unit in units:
        folder = os.path.join(steps, unit)
        lock = claim(folder)
        if lock is None:
            begun.append(unit)
        else:
            finish(folder, Outcome("stopped", STOPPED_EXIT_CODE, "before it started"), "")
            lock.close()
    if begun:
        subprocess.run(["systemctl", "stop"] + [unit + ".service" for unit in begun], stdin=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=STOP_SECONDS * len(begun), check=False)


class StepRun:
    """One run of a step on the node that this is."""

    def __init__(self, folder, payload, wakeups):
        self._folder = folder
        self._payload = payload
        self._wakeups = wakeups
        self._state = os.path.dirname(os.path.dirname(folder))
        root = os.path.dirname(os.path.dirname(os.path.dirname(self._state)))
        self._data = os.path.join(root, "data")
        self._run = os.path.join(root, "run")
        self._files = os.path.join(folder, "files")
        self._report = os.path.join(folder, "scheduler.json")
        self.tail = Tail()

    def run(self):
        payload = self._payload
        instance = Instance(os.environ)
        own_id = instance.instance_id()
        node = next((node for node in payload["nodes"] if node["instanceId"] == own_id), None)
        if node is None:
            return Outcome("skipped", 0, "this machine is not a node of the step")
        steps = os.path.dirname(self._folder)
        stop_units(steps, payload["stopFirst"])
        stream = "%s/%s/%s" % (payload["jobId"], payload["attempt"], node["name"])
        logs = JobLogs(logs_service(instance, payload["region"]), payload["logGroup"], stream, line_identity(payload, node),
                       log_account.allowance(steps, payload["logBytes"]), lambda used: log_account.settle(self._folder, used))
        for unit, lines in log_account.take_losses(steps).items():
            logs.add("[orchestrator: %d lines of %s were lost: the log service did not take them]" % (lines, unit), lostLines=lines)
        try:
            return self._run_on(node, Output(logs, self.tail))
        finally:
            shutil.rmtree(self._files, ignore_errors=True)
            lost_lines = logs.close()
            log_account.settle(self._folder, logs.bytes, lost_lines)

    def scheduler(self):
        """What the launcher says of the job, as one line of JSON; empty without any."""
        try:
            with open(self._report, encoding="utf-8") as file:
                text = json.dumps(json.load(file), separators=(",", ":"))
        except (OSError, ValueError):
            return ""
        return text if len(text) <= REPORT_BYTES else ""

    def _run_on(self, node, output):
        ended = machine_boot.wait(self._run, self._wakeups)
        for problem in machine_boot.take_problems(self._run):
            output.take("[orchestrator: %s]" % problem)
        if ended is not None:
            output.feed(ended.note.encode())
            output.end()
            return ended
        node_list = self._write_node_list()
        os.makedirs(os.path.join(self._data, "results"), exist_ok=True)
        if collector.is_wanted(self._payload, node):
            collector.ensure(self._payload, node, self._state, self._folder)
        environment = dict(collector.environment(self._payload, node, self._state),
                           **step_environment(self._payload, node, node_list, self._data))
        action = self._payload["action"]
        self._write_files(environment)
        try:
            if self._payload.get("launcher"):
                return self._launch(self._launcher(action, environment), environment, output)
            if action["kind"] == "script":
                return self._supervise(self._script(action["script"]), environment, output, self._payload.get("timeoutSeconds"))
            return self._run_image(action, environment, node_list, output)
        except (containers.EngineError, OSError, subprocess.SubprocessError) as problem:
            output.take(str(problem))
            return Outcome("exited", NOT_FOUND_EXIT_CODE, "")

    def _launch(self, line, environment, output):
        """What a launcher has begun elsewhere goes on when it is killed: begun again, it follows that to its end."""
        limit = self._payload.get("timeoutSeconds")
        began = time.monotonic()
        for _ in range(MOST_LAUNCHES):
            left = None if limit is None else max(1.0, limit - (time.monotonic() - began))
            outcome = self._supervise(line, environment, output, left)
            if outcome.kind != "exited" or not outcome.note.startswith("signal "):
                break
            output.feed(("The launcher of this step was killed: %s\n" % outcome.note).encode())
        return outcome

    def _supervise(self, line, environment, output, limit):
        grace = self._payload.get("stopGraceSeconds", GRACE_SECONDS)
        return supervise(line, environment, self._data, limit, grace, output, self._wakeups)

    def _write_files(self, environment):
        files = self._payload.get("files", {})
        if files:
            os.makedirs(self._files, mode=0o700, exist_ok=True)
            environment["ORCH_FILES"] = self._files
        for name in files:
            write(self._files, name, files[name], 0o600)

    def _launcher(self, action, environment):
        """The file that runs the action, which it finds beside itself."""
        environment["ORCH_REPORT"] = self._report
        if action["kind"] == "script":
            write(self._files, "job", action["script"], 0o700)
        else:
            write(self._files, "image.json", json.dumps({key: action[key] for key in ("image", "command") if key in action}), 0o600)
        return ["/bin/bash", os.path.join(self._files, self._payload["launcher"])]

    def _script(self, text):
        """A script decides by its first line what runs it; without one, bash does."""
        path = write(self._folder, "script", text, 0o700)
        return [path] if text.startswith("#!") else ["/bin/bash", path]

    def _run_image(self, action, environment, node_list, output):
        engine = containers.engine()
        containers.sign_in(engine, action["image"])
        # PATH and HOME are the image's own.
        inside = {name: value for name, value in environment.items() if name not in ("PATH", "HOME") or name in self._payload["env"]}
        line = containers.arguments(engine, self._payload["unit"], action, inside, self._data, node_list)
        outcome = self._supervise(line, environment, output, self._payload.get("timeoutSeconds"))
        if outcome.kind != "exited":
            containers.remove(engine, self._payload["unit"])
        return outcome

    def _write_node_list(self):
        nodes = sorted(self._payload["nodes"], key=lambda node: node["rank"])
        text = "".join("%s %s %s %s\n" % (node["name"], node["address"], node["zone"], node["pool"]) for node in nodes)
        # A step that nobody waits for may come late: the list of those in between is another one.
        return write(self._folder if self._payload.get("aside") else self._state, "node-list", text)


def logs_service(instance, region):
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    endpoint = os.environ.get("AWS_ENDPOINT_URL_LOGS") or os.environ.get("AWS_ENDPOINT_URL") or "https://logs.%s.%s" % (region, domain)
    return JsonService(instance, endpoint, "logs", region, "Logs_20140328.")


def main(folder):
    wakeups = Wakeups()
    lock = claim(folder)
    if lock is None:
        return
    try:
        with open(os.path.join(folder, "payload.json"), encoding="utf-8") as file:
            run = StepRun(folder, json.load(file), wakeups)
        outcome = run.run()
        finish(folder, outcome, run.tail.text(), run.scheduler())
    except Exception:  # whatever it is, whoever waits for this step must hear of it
        traceback.print_exc()
        finish(folder, Outcome("exited", INTERNAL_EXIT_CODE, "the step runner failed"), "%s%s" % (traceback.format_exc()[-TAIL_BYTES:], RUNNER_FAILED))


if __name__ == "__main__":
    main(sys.argv[1])
