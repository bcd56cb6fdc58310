"""Simulated instances that are hosts: with a network namespace and an address beside those of `namespace.py`.

  hosts.py probe
  hosts.py up --network DIR --init FILE [--base DIR] [the layout, as for `namespace.py boot`] HOST...

`up` makes hosts, or connects those that run again, and prints the PID of the first process of each, 0 for one that
failed. HOST is JSON: {"folder", "hostName", "addresses": [...], "listeners": [[address, port, port of the machine]...]}.
The PID is also in holder.json of the folder, before anything runs, so that a host is found whoever is killed meanwhile.
DIR belongs to one simulator: it holds `network.json` (the relay and its bridge), and what hosts read in `shared`.
The first process is FILE (tini), which reaps orphans; the root is laid over the machine's or over the one in --base.
"""

import argparse
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import namespace as ns  # noqa: E402

CLONE_NEWNET = 0x40000000
RELAY = os.path.join(HERE, "relay.py")
BRIDGE = "br0"
# Every address that a VPC may have is on the bridge; nothing else can be reached.
VPC_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
METADATA_ADDRESS = "169.254.169.254"
BACKLOG = 128
HAND_OVER_SECONDS = 10


def ip(*lines, keep=()):
    done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, capture_output=True, pass_fds=keep)
    if done.returncode != 0:
        raise OSError(f"ip: {done.stderr.strip()}")


def enter_network(descriptor):
    ns.checked(ns.libc.setns(descriptor, CLONE_NEWNET), "setns")


def start_time(pid):
    """What tells a process from a later one with its id; None where it has ended. See process-identity.ts."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        return None


def read_record(path):
    """The record of a process that runs still, or None."""
    try:
        with open(path, encoding="ascii") as file:
            record = json.load(file)
        return record if record["identity"] == start_time(record["pid"]) else None
    except (OSError, ValueError):
        return None


def write_record(path, pid, **more):
    with open(f"{path}.new", "w", encoding="ascii") as file:
        json.dump({"pid": pid, "identity": start_time(pid), **more}, file)
    os.rename(f"{path}.new", path)


# The network

def ensure_network(directory):
    """The relay's record. Called under the lock of the folder, without which the relay may end."""
    record = read_record(f"{directory}/network.json")
    if record is not None:
        return record
    reader, writer = os.pipe()
    if os.fork() == 0:
        run_network(directory, writer)
    os.close(writer)
    if os.read(reader, 1) != b"1":
        raise OSError("the network of the hosts could not be made")
    return read_record(f"{directory}/network.json")


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
        write_record(f"{directory}/network.json", os.getpid(), bridge=bridge)
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
            ns.checked(ns.libc.unshare(CLONE_NEWNET), "unshare")
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


# The host

def own_system_files(root, host_name):
    """What shows the network that the host is in, and what names it and the others."""
    ns.mount("sysfs", f"{root}/sys", "sysfs", ns.MS_NOSUID | ns.MS_NODEV | ns.MS_NOEXEC)
    if os.path.isdir("/sys/fs/cgroup"):
        ns.bind("/sys/fs/cgroup", f"{root}/sys/fs/cgroup")
    ns.make_read_only(f"{root}/sys")
    for name in ("hosts", "hostname", "resolv.conf"):
        if os.path.lexists(f"{root}/etc/{name}"):
            os.unlink(f"{root}/etc/{name}")
    os.symlink("/run/fleet/network/hosts", f"{root}/etc/hosts")
    with open(f"{root}/etc/hostname", "w", encoding="ascii") as file:
        file.write(f"{host_name}\n")
    # Where nobody listens: what is not in the hosts file is unknown at once.
    with open(f"{root}/etc/resolv.conf", "w", encoding="ascii") as file:
        file.write("nameserver 127.0.0.1\n")


def become_first_process(host, args, ready, go):
    os.setsid()
    # Not shared with the caller, whose root would change too.
    ns.checked(ns.libc.unshare(ns.CLONE_NEWNS), "unshare")
    root = ns.lay_out(host["folder"], args, args.base.rstrip("/"))
    own_system_files(root, host["hostName"])
    ns.put(f"{args.network}/shared", root, "/run/fleet/network")
    ns.put(args.init, root, "/.tini")
    ns.enter(root, host["hostName"])
    os.write(ready, b"1")
    if os.read(go, 1) != b"1":
        os._exit(1)
    let_go_of_caller()
    os.execv("/.tini", ["/.tini", "--", "sleep", "2147483647"])


def make_host(host, args, bridge):
    """Makes the first process, and lets it go on once its network is there and its PID is written down."""
    ns.checked(ns.libc.unshare(ns.CLONE_NEWUTS | ns.CLONE_NEWIPC | ns.CLONE_NEWPID | CLONE_NEWNET), "unshare")
    ready_reader, ready = os.pipe()
    go_reader, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(go)
            become_first_process(host, args, ready, go_reader)
        except OSError as error:
            print(f"{host['folder']}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)
    os.close(ready)
    try:
        connect(host, bridge)
        if os.read(ready_reader, 1) != b"1":
            raise OSError("its root could not be made")
        hand_over(pid, open_listeners(host), args.network)
        write_record(f"{host['folder']}/holder.json", pid)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        raise
    os.write(go, b"1")
    return pid


def connect_again(pid, host, args, bridge):
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    enter_network(network)
    connect(host, bridge)
    opened = open_listeners(host)
    if opened:
        hand_over(pid, opened, args.network)


def up_one(host, args):
    """Runs in a process of its own, which loses itself in the namespaces of the host."""
    # An earlier life of the simulator may have been killed in the midst of the same boot, and its tool be at it still.
    with open(f"{host['folder']}/boot.lock", "w", encoding="ascii") as own, \
            open(f"{args.network}/lock", "w", encoding="ascii") as network_lock:
        fcntl.flock(own, fcntl.LOCK_EX)
        fcntl.flock(network_lock, fcntl.LOCK_SH)
        network = read_record(f"{args.network}/network.json")
        if network is None:
            fcntl.flock(network_lock, fcntl.LOCK_UN)
            fcntl.flock(network_lock, fcntl.LOCK_EX)
            network = ensure_network(args.network)
        bridge = os.open(f"/proc/{network['pid']}/fd/{network['bridge']}", os.O_RDONLY)
        running = read_record(f"{host['folder']}/holder.json")
        if running is not None:
            connect_again(running["pid"], host, args, bridge)
            return running["pid"]
        return make_host(host, args, bridge)


def up(args):
    os.makedirs(f"{args.network}/shared", exist_ok=True)
    for host in map(json.loads, args.hosts):
        helper = os.fork()
        if helper == 0:
            status = 1
            try:
                print(up_one(host, args), flush=True)
                status = 0
            except OSError as error:
                print(f"{host['folder']}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        if os.waitpid(helper, 0)[1] != 0:
            print(0, flush=True)
    return 0


def probe(_args):
    ns.checked(ns.libc.unshare(CLONE_NEWNET), "unshare")
    ip("link set lo up", f"link add {BRIDGE} type bridge", "link add v0 type veth peer name v1")
    return ns.probe(None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("probe").set_defaults(run=probe)
    starting = commands.add_parser("up")
    starting.add_argument("hosts", nargs="+", metavar="HOST")
    starting.add_argument("--network", required=True)
    starting.add_argument("--init", required=True)
    starting.add_argument("--base", default="/")
    ns.add_layout_arguments(starting)
    starting.set_defaults(run=up)
    args = parser.parse_args()
    try:
        return args.run(args)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
