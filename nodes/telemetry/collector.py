"""A collector of OpenTelemetry on this node: the CloudWatch agent, configured by us. It takes OTLP of hooks and jobs on
the loopback, adds whose they are, and ships them.

The first step of a node has it started, in the background and as a unit of its own: no step waits for it, and none fails
for it. A node without the agent, or whose agent does not start, has no collector, and its steps no endpoint.

The folder keeps what the steps of the node share: `claimed`, made by the step that has the collector started;
`settings.json`, what that is to do; `port`, there as long as there is an endpoint to be told; `log`, how it went.

Where the deployment names an endpoint that the agent does not send to, steps are told that one, and the agent has only
metrics of the node to collect.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

import agent_config

UNIT = "orch-collector"
PACKAGE = "amazon-cloudwatch-agent"
YAML = "orchestrator.yaml"
PROGRAM = "amazon-cloudwatch-agent-ctl"
INSTALLED_AT = "/opt/aws/amazon-cloudwatch-agent/bin/" + PROGRAM
# Agents before it have no exporter for OTLP over HTTP, and end by our configuration.
LEAST_VERSION = [1, 300066]
UNIT_SECONDS = 10
FETCH_SECONDS = 120
# An agent may miss that it is to end while it starts: systemd kills it after 90.
COMMAND_SECONDS = 150
# How long an agent may take until it listens, and how often it is looked.
LISTEN_SECONDS = 60
LOOK_SECONDS = 0.5


def is_wanted(payload, node):
    """Whether this node is one of those that have a collector."""
    settings = payload.get("collector")
    return bool(settings) and (settings["on"] == "all" or node["rank"] == 0)


def ensure(payload, node, state, code):
    """Has the collector started unless a step has before. `state`: the orchestrator's folder of this node, `code`: where this file is."""
    place, is_direct = os.path.join(state, "telemetry"), _direct(payload) is not None
    if is_direct and "metricsNamespace" not in payload["collector"]:
        return
    try:
        os.makedirs(place, mode=0o755, exist_ok=True)
        os.close(os.open(os.path.join(place, "claimed"), os.O_CREAT | os.O_EXCL, 0o644))
    except OSError:
        return
    try:
        _put(place, "settings.json", json.dumps(dict(
            payload["collector"], region=payload["region"], jobId=payload["jobId"], node=node["name"], attributes=attributes(payload, node))))
        if not find() and not payload["collector"].get("install"):
            _give_up(place, "no CloudWatch agent on this machine: use a machine image with it")
            return
        if not is_direct:
            _put(place, "port", str(free_port()))
        _start_unit(place, code)
    except (OSError, RuntimeError) as problem:
        _give_up(place, str(problem))


def attributes(payload, node):
    """Whose telemetry of this node is, by the names of OpenTelemetry's conventions where those have one."""
    return {
        "orchestrator.job.id": payload["jobId"], "orchestrator.job.namespace": payload["namespace"],
        "orchestrator.attempt": str(payload["attempt"]), "orchestrator.node.name": node["name"], "orchestrator.node.pool": node["pool"],
        "cloud.availability_zone": node["zone"], "host.id": node["instanceId"], "service.namespace": payload["namespace"]}


def environment(payload, node, state):
    """What OpenTelemetry's SDKs read. Whoever names an endpoint of its own is told none."""
    found = {"OTEL_RESOURCE_ATTRIBUTES": ",".join(
        "%s=%s" % (name, urllib.parse.quote(value, safe="")) for name, value in attributes(payload, node).items())}
    if not is_wanted(payload, node) or "OTEL_EXPORTER_OTLP_ENDPOINT" in payload["env"]:
        return found
    port = _read(os.path.join(state, "telemetry"), "port")
    endpoint = _direct(payload) or (port and "http://127.0.0.1:%s" % port)
    if endpoint:
        found.update(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf")
        if not payload["collector"].get("programMetrics"):
            found["OTEL_METRICS_EXPORTER"] = "none"
    if port:
        # It says that it is the node's own (task-prolog.sh), which takes no logs.
        found.update(ORCH_OTLP_ENDPOINT=endpoint, OTEL_LOGS_EXPORTER="none")
    return found


def _direct(payload):
    """The endpoint that steps send to themselves; None where the agent takes what they send."""
    endpoint = payload["collector"].get("endpoint")
    return endpoint if endpoint and not agent_config.sends_to(endpoint) else None


def find():
    """Path of the program that controls the agent; None where there is none."""
    return shutil.which(PROGRAM) or (INSTALLED_AT if os.access(INSTALLED_AT, os.X_OK) else None)


def free_port():
    """Never the usual one, 4318: a job may bring a collector of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start_unit(place, code):
    """Beside the step: systemd may be busy. The process of the step ends after this, which takes a bounded time."""
    passed_on = [name for name in os.environ if name in ("PATH", "AWS_CA_BUNDLE") or name.startswith(("AWS_ENDPOINT_URL", "AWS_EC2_METADATA"))]
    line = ["systemd-run", "--unit=" + UNIT, "--collect", "--quiet", "--no-block"]
    line += ["--setenv=%s=%s" % (name, os.environ[name]) for name in passed_on]
    line += [sys.executable, "-EsSB", os.path.join(code, "collector.py"), place]

    def start():
        if _run(place, line, UNIT_SECONDS)[0] != 0:
            _remove(place, "port")

    threading.Thread(target=start).start()


def main(place):
    try:
        _start(place)
    except Exception as problem:  # whatever it is: steps go on without a collector
        _give_up(place, repr(problem))


def _start(place):
    settings = json.loads(_read(place, "settings.json"))
    agent, port = find() or _install(place), _read(place, "port")
    if not agent:
        _give_up(place, "the CloudWatch agent could not be installed")
        return
    found = _status(place, agent)
    version = [int(number) for number in re.findall(r"\d+", found.get("version", ""))[:2]]
    if version < LEAST_VERSION:
        _give_up(place, "the CloudWatch agent is too old: %s" % found)
        return
    was_running = found.get("status") == "running"
    is_ours = not was_running and found.get("configstatus") != "configured"
    if not port and not is_ours:
        return
    has_started = False
    try:
        has_started = _configure(place, agent, settings, port, is_ours) and _listens(place, agent, port)
    finally:
        if not has_started:
            _restore(place, agent, was_running, "all" if is_ours else "file:" + os.path.join(place, YAML))
            _give_up(place, "the CloudWatch agent does not start")


def _install(place):
    """Path of the agent's program once its package is there. Fetching may hang and is ended then; a transaction is not cut short."""
    line = ["dnf", "-qy", "install", PACKAGE]
    if _run(place, line + ["--downloadonly"], FETCH_SECONDS)[0] == 0:
        _run(place, line + ["-C"], None)
    return find()


def _configure(place, agent, settings, port, is_ours):
    """An agent that the machine image has configured keeps what it does. Two configurations of what nodes use do not merge: it
    gets none of ours."""
    if is_ours:
        own = _put(place, "orchestrator.json", json.dumps(agent_config.agent(settings)))
        if _run(place, _command(agent, "fetch-config", own) + ([] if port else ["-s"]))[0] != 0:
            return False
    if not port:
        return True
    # JSON is YAML, and needs no package to write it.
    receiver = _put(place, YAML, json.dumps(agent_config.opentelemetry(settings, port)))
    return _run(place, _command(agent, "append-config", receiver) + ["-s"])[0] == 0


def _listens(place, agent, port):
    """Whether the agent runs and takes connections, where it is to take any. Its start is told to have succeeded even where it ends at once."""
    give_up_at = time.monotonic() + LISTEN_SECONDS
    while time.monotonic() < give_up_at:
        listens = not port or _is_taken(port)
        if _status(place, agent).get("status") != "running":
            return False
        if listens:
            return True
        time.sleep(LOOK_SECONDS)
    return False


def _is_taken(port):
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=LOOK_SECONDS).close()
    except OSError:
        return False
    return True


def _restore(place, agent, was_running, added):
    """Leaves the agent as it was found. Without a configuration it would be started with one of its own choice."""
    if not was_running:
        _run(place, [agent, "-a", "stop"])
    _run(place, [agent, "-a", "remove-config", "-m", "ec2", "-c", added] + (["-s"] if was_running else []))


def _command(agent, action, file):
    return [agent, "-a", action, "-m", "ec2", "-c", "file:" + file]


def _status(place, agent):
    """What the agent says of itself; nothing where it says nothing of use."""
    try:
        said = _run(place, [agent, "-a", "status"])[1]
        return json.loads(said[said.index("{"):said.rindex("}") + 1])
    except ValueError:
        return {}


def _run(place, line, seconds=COMMAND_SECONDS):
    """Exit code and output of a program, which are noted."""
    try:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False)
        code, said = done.returncode, done.stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as problem:
        code, said = 1, str(problem)
    _note(place, "%s: %d\n%s" % (" ".join(line), code, said))
    return code, said


def _give_up(place, why):
    _remove(place, "port")
    _note(place, why)


def _note(place, text):
    """For whoever looks at the machine; a full disk is no reason to fail."""
    try:
        with open(os.path.join(place, "log"), "a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")
    except OSError:
        pass


def _put(place, name, text):
    """As a whole: steps read it meanwhile."""
    path = os.path.join(place, name)
    with open("%s.%d" % (path, os.getpid()), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace("%s.%d" % (path, os.getpid()), path)
    return path


def _read(place, name):
    try:
        with open(os.path.join(place, name), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""


def _remove(place, name):
    try:
        os.unlink(os.path.join(place, name))
    except OSError:
        pass


if __name__ == "__main__":
    main(sys.argv[1])
