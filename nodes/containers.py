"""Steps that are container images, run by the engine of the node: docker, else podman."""

import glob
import os
import re
import shutil
import subprocess

PRIVATE_REGISTRY = re.compile(r"^(\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)/")
INSTALL_SECONDS = 600
COMMAND_SECONDS = 60


class EngineError(Exception):
    """The image cannot be run on this node; the message is for the user."""


def engine():
    """Path of docker or podman. Installs docker where the machine image has neither, and starts its daemon."""
    found = shutil.which("docker") or shutil.which("podman")
    if found is None:
        _install()
        found = shutil.which("docker")
    if found is None:
        raise EngineError("no container engine on this machine, and none could be installed: use a machine image with docker or podman")
    if found.endswith("/docker") and not os.path.exists("/var/run/docker.sock"):
        _quietly(["systemctl", "start", "docker"], COMMAND_SECONDS)
    return found


def arguments(engine_path, name, action, environment, data_folder, node_list):
    """The command line: the host's network, shared memory and devices for MPI, `/data`, and a command that replaces the image's entrypoint."""
    line = [engine_path, "run", "--rm", "--network", "host", "--name", name,
            "-v", "%s:%s" % (data_folder, data_folder), "-v", "%s:%s:ro" % (node_list, node_list),
            "--ipc", "host", "--ulimit", "memlock=-1:-1"] + _devices(engine_path.endswith("/docker"))
    # By what is in there a task of srun's finds its peers.
    pmix = environment.get("PMIX_SERVER_TMPDIR", "")
    if os.path.isdir(pmix):
        line += ["-v", "%s:%s" % (pmix, pmix)]
    for key in sorted(environment):
        line += ["-e", "%s=%s" % (key, environment[key])]
    command = action.get("command") or []
    if command:
        line += ["--entrypoint", command[0]]
    return line + [action["image"]] + command[1:]


def _devices(is_docker):
    """Fabric adapters and GPUs. Podman knows GPUs by what the vendor's tools have written for it."""
    line = []
    for device in sorted(glob.glob("/dev/infiniband/*") + glob.glob("/dev/gdrdrv")):
        line += ["--device", device]
    if not os.path.exists("/dev/nvidiactl"):
        # There from the first use on.
        _quietly(["nvidia-modprobe", "-c0", "-u"], COMMAND_SECONDS)
    if os.path.exists("/dev/nvidiactl"):
        if is_docker:
            line += ["--gpus", "all"]
        elif glob.glob("/etc/cdi/nvidia*") or glob.glob("/var/run/cdi/nvidia*"):
            line += ["--device", "nvidia.com/gpu=all"]
    return line


def sign_in(engine_path, image):
    """Signs in to a private ECR registry with the node's role; other registries are open or fail by themselves."""
    private = PRIVATE_REGISTRY.match(image)
    if private is None:
        return
    registry, region = private.groups()
    token = subprocess.run(["aws", "ecr", "get-login-password", "--region", region], stdout=subprocess.PIPE,
                           timeout=COMMAND_SECONDS, check=True).stdout
    subprocess.run([engine_path, "login", "--username", "AWS", "--password-stdin", registry], input=token,
                   stdout=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=True)


def remove(engine_path, name):
    """Ends a container whose client was killed: the client's death does not end it."""
    _quietly([engine_path, "rm", "-f", name], COMMAND_SECONDS)


def _install():
    if shutil.which("dnf"):
        _quietly(["dnf", "install", "--quiet", "--assumeyes", "docker"], INSTALL_SECONDS)
    elif shutil.which("apt-get"):
        _quietly(["apt-get", "update", "--quiet"], INSTALL_SECONDS)
        _quietly(["apt-get", "install", "--quiet", "--yes", "docker.io"], INSTALL_SECONDS)


def _quietly(line, seconds):
    try:
        subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        pass
