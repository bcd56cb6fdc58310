"""Runs one step on this node, once. The main process of the step's systemd unit; its argument is the step's folder.

The folder keeps what happened, for the commands that attach (run-step.sh): `lock`, held as long as this process lives;
`started`, made by whoever decides that the step runs, or that it never will; `report` and `exit`, the end of it.
"""

import collections
import fcntl
import json
import os
import subprocess
import sys
import traceback

import containers
from instance import Instance, JsonService
from job_logs import JobLogs
from step_process import NOT_FOUND_EXIT_CODE, STOPPED_EXIT_CODE, Lines, Outcome, Wakeups, supervise

INTERNAL_EXIT_CODE = 255
TAIL_LINES = 20
TAIL_BYTES = 2000
STOP_SECONDS = 90
# A step's environment beside its own: where programs are, a home, text, and what points AWS clients to their services.
PASSED_ON = ("PATH", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_EC2_METADATA_SERVICE_ENDPOINT")


class Tail:
    """The last lines, as few bytes as a command's answer may carry."""

    def __init__(self):
        self._lines = collections.deque(maxlen=TAIL_LINES)

    def add(self, line):
        self._lines.append(line[-TAIL_BYTES:])

    def text(self):
        return "\n".join(self._lines).encode("utf-8", "replace")[-TAIL_BYTES:].decode("utf-8", "ignore")


def claim(folder):
    """Takes the right to decide on a step: the lock, held from now on, or None if it is decided already."""
    os.makedirs(folder, exist_ok=True)
    lock = open(os.path.join(folder, "lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(os.open(os.path.join(folder, "started"), os.O_CREAT | os.O_EXCL, 0o644))
        return lock
    except (BlockingIOError, FileExistsError):
        lock.close()
        return None


def finish(folder, outcome, tail):
    """Writes the end of a step: the report first, since the exit code says that all is there."""
    note = " (%s)" % outcome.note if outcome.note else ""
    write(folder, "report", "orchestrator: %s %d%s\n%s\n" % (outcome.kind, outcome.exit_code, note, tail))
    write(folder, "exit", "%d\n" % outcome.exit_code)


def write(folder, name, text, mode=0o644):
    path = os.path.join(folder, name)
    with open(path + ".new", "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    os.chmod(path + ".new", mode)
    os.replace(path + ".new", path)
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


def step_environment(payload, node, node_list, data):
    """What the step sees: the user's own variables never hide the orchestrator's."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment.update({name: value for name, value in os.environ.items() if name.startswith("AWS_ENDPOINT_URL")})
    environment.setdefault("AWS_REGION", payload["region"])
    environment.setdefault("AWS_DEFAULT_REGION", payload["region"])
    environment.update(HOME="/root", LANG="C.UTF-8")
    environment.update(payload["env"])
    environment.update(
        ORCH_JOB_ID=payload["jobId"], ORCH_ATTEMPT=str(payload["attempt"]), ORCH_NAMESPACE=payload["namespace"],
        ORCH_POOL=node["pool"], ORCH_RANK=str(node["rank"]), ORCH_NODE_LIST=node_list,
        ORCH_RESULTS_DIR=os.path.join(data, "results"), TRACEPARENT=payload["traceparent"])
    return environment


class StepRun:
    """One run of a step on the node that this is."""

    def __init__(self, folder, payload, wakeups):
        self._folder = folder
        self._payload = payload
        self._wakeups = wakeups
        self._state = os.path.dirname(os.path.dirname(folder))
        self._data = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(self._state))), "data")
        self.tail = Tail()

    def run(self):
        payload = self._payload
        instance = Instance(os.environ)
        own_id = instance.instance_id()
        node = next((node for node in payload["nodes"] if node["instanceId"] == own_id), None)
        if node is None:
            return Outcome("skipped", 0, "this machine is not a node of the step")
        stop_units(os.path.dirname(self._folder), payload["stopFirst"])
        logs = JobLogs(logs_service(instance, payload["region"]), payload["logGroup"],
                       "%s/%s/%s" % (payload["jobId"], payload["attempt"], node["name"]), payload["name"])
        try:
            return self._run_on(node, logs)
        finally:
            logs.close()

    def _run_on(self, node, logs):
        def take(line):
            self.tail.add(line)
            logs.add(line)

        lines = Lines(take)
        node_list = self._write_node_list()
        os.makedirs(os.path.join(self._data, "results"), exist_ok=True)
        environment = step_environment(self._payload, node, node_list, self._data)
        limit = self._payload.get("timeoutSeconds")
        action = self._payload["action"]
        if action["kind"] == "script":
            return supervise(self._script(action["script"]), environment, self._data, limit, lines, logs.is_full, self._wakeups)
        try:
            return self._run_image(action, environment, node_list, limit, lines, logs.is_full)
        except (containers.EngineError, OSError, subprocess.SubprocessError) as problem:
            take(str(problem))
            return Outcome("exited", NOT_FOUND_EXIT_CODE, "")

    def _script(self, text):
        """A script decides by its first line what runs it; without one, bash does."""
        path = write(self._folder, "script", text, 0o700)
        return [path] if text.startswith("#!") else ["/bin/bash", path]

    def _run_image(self, action, environment, node_list, limit, lines, is_full):
        engine = containers.engine()
        containers.sign_in(engine, action["image"])
        # PATH and HOME are the image's own.
        inside = {name: value for name, value in environment.items() if name not in ("PATH", "HOME") or name in self._payload["env"]}
        line = containers.arguments(engine, self._payload["unit"], action, inside, self._data, node_list)
        outcome = supervise(line, environment, self._data, limit, lines, is_full, self._wakeups)
        if outcome.kind != "exited":
            containers.remove(engine, self._payload["unit"])
        return outcome

    def _write_node_list(self):
        nodes = sorted(self._payload["nodes"], key=lambda node: node["rank"])
        text = "".join("%s %s %s %s\n" % (node["name"], node["address"], node["zone"], node["pool"]) for node in nodes)
        return write(self._state, "node-list", text)


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
        finish(folder, outcome, run.tail.text())
    except Exception:  # whatever it is, whoever waits for this step must hear of it
        traceback.print_exc()
        finish(folder, Outcome("exited", INTERNAL_EXIT_CODE, "the step runner failed"), traceback.format_exc()[-TAIL_BYTES:])


if __name__ == "__main__":
    main(sys.argv[1])
