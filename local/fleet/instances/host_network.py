"""The network of simulated hosts, for `hosts.py`: the bridge, the relay's start, addresses and listeners."""

import json
import os
import signal
import socket
import subprocess
import sys

import instance_root as view
import process_records as records

CLONE_NEWNET = 0x40000000
RELAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "relay.py")
BRIDGE = "br0"
# Every address that a VPC may have is on the bridge; nothing else can be reached.
VPC_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
METADATA_ADDRESS = "169.254.169.254"
BACKLOG = 128
HAND_OVER_SECONDS = 60


def ip(*lines, keep=()):
    done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, capture_output=True, pass_fds=keep)
    if done.returncode != 0:
        raise OSError(f"ip: {done.stderr.strip()}")


def enter_network(descriptor):
    view.checked(view.libc.setns(descriptor, CLONE_NEWNET), "setns")


def ensure_network(directory):
    """The relay's record. Called under the lock of the folder, without which the relay may end."""
    record = records.read_record(f"{directory}/network.json")
    if record is not None:
        return record
    reader, writer = os.pipe()
    if os.fork() == 0:
        run_network(directory, writer)
    os.close(writer)
    if os.read(reader, 1) != b"1":
        raise OSError("the network of the hosts could not be made")
    return records.read_record(f"{directory}/network.json")


def run_network(directory, writer):
    """Becomes the relay; its PID and the descriptor of the bridge's namespace are written down first."""
    try:
        os.setsid()
        bridge = make_bridge()
        # By a short name, since that of a socket may have 107 characters at most.
        os.chdir(directory)
        if os.path.lexists("socket"):
            os.unlink("socket")
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.bind("socket")
        control.listen(BACKLOG)
        records.write_record(f"{directory}/network.json", os.getpid(), bridge=bridge)
        os.write(writer, b"1")
        for descriptor in (control.fileno(), bridge):
            os.set_inheritable(descriptor, True)
        let_go_of_caller()
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-B", RELAY, directory, str(control.fileno())])
    except OSError as error:
        print(f"network: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)


def make_bridge():
    """A descriptor that keeps the network namespace with the bridge. A process of its own makes it, since this one must
    stay where it is, and could not come back without being the machine's root."""
    made, making = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            view.checked(view.libc.unshare(CLONE_NEWNET), "unshare")
            ip("link set lo up", f"link add {BRIDGE} type bridge", f"link set {BRIDGE} up")
            os.write(making, b"1")
            signal.pause()
        except OSError as error:
            print(f"bridge: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)
    os.close(making)
    try:
        if os.read(made, 1) != b"1":
            raise OSError("no bridge was made")
        return os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def let_go_of_caller():
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def connect(host, bridge):
    """Gives the network namespace that this process is in its address on the bridge, unless it has it."""
    with open("/proc/self/net/dev", encoding="ascii") as devices:
        if "eth0:" in devices.read():
            return
    first = host["addresses"][0]
    hardware = ":".join(["0e", "00", *(f"{int(part):02x}" for part in first.split("."))])
    port = f"v{os.path.basename(host['folder'])[-12:]}"
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    ip("link set lo up",
       f"address replace {METADATA_ADDRESS}/32 dev lo",
       f"link add eth0 address {hardware} type veth peer name {port} netns /proc/self/fd/{bridge}",
       *(f"address add {address}/32 dev eth0" for address in host["addresses"]),
       "link set eth0 up",
       *(f"route add {network} dev eth0 src {first}" for network in VPC_RANGES), keep=(bridge,))
    enter_network(bridge)
    ip(f"link set {port} master {BRIDGE} up")
    enter_network(here)
    os.close(here)


def open_listeners(host):
    """Those that are not open yet, each with the port of the machine that it leads to."""
    opened = []
    for address, port, target in host["listeners"]:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(BACKLOG)
            opened.append((listener, target))
        except OSError:
            listener.close()  # An earlier start opened it, or a program of the host's own has the port.
    return opened


def hand_over(pid, opened, directory):
    os.chdir(directory)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        control.settimeout(HAND_OVER_SECONDS)
        control.connect("socket")
        ports = json.dumps([target for _, target in opened]).encode()
        socket.send_fds(control, [ports], [os.pidfd_open(pid), *(listener.fileno() for listener, _ in opened)])
        if control.recv(1) != b"1":
            raise OSError("the relay did not take up the host")
