"""Simulated instances that are hosts: with a network namespace and an address beside those of `namespace.py`.

  hosts.py probe
  hosts.py up --network DIR --init FILE [--base DIR] [the layout, as for `namespace.py boot`] HOST...

`up` makes hosts, or connects those that run again, and prints the PID of the first process of each, 0 for one that
failed. HOST is JSON: {"folder", "hostName", "addresses": [...], "listeners": [[address, port, port of the machine]...],
"base": the root that its own is laid over, where it is not the one in --base}.
The PID is also in holder.json of the folder, before anything runs, so that a host is found whoever is killed meanwhile.
DIR belongs to one simulator: it holds `network.json` (the relay and its bridge), and what hosts read in `shared`.
The first process is FILE (tini), which reaps orphans; the root is laid over the machine's or over the one in --base.
"""

import argparse
import fcntl
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import host_network as network  # noqa: E402
import instance_root as view  # noqa: E402
import namespace as ns  # noqa: E402
import process_records as records  # noqa: E402


def own_system_files(root, host_name):
    """What shows the network that the host is in, and what names it and the others."""
    view.mount("sysfs", f"{root}/sys", "sysfs", view.MS_NOSUID | view.MS_NODEV | view.MS_NOEXEC)
    if os.path.isdir("/sys/fs/cgroup"):
        view.bind("/sys/fs/cgroup", f"{root}/sys/fs/cgroup")
    view.make_read_only(f"{root}/sys")
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
    view.checked(view.libc.unshare(ns.CLONE_NEWNS), "unshare")
    root = view.lay_out(host["folder"], args, host.get("base", args.base).rstrip("/"))
    own_system_files(root, host["hostName"])
    view.put(f"{args.network}/shared", root, "/run/fleet/network")
    view.put(args.init, root, "/.tini")
    view.enter(root, host["hostName"])
    os.write(ready, b"1")
    if os.read(go, 1) != b"1":
        os._exit(1)
    network.let_go_of_caller()
    os.execv("/.tini", ["/.tini", "--", "sleep", "2147483647"])


def make_host(host, args, bridge):
    """Makes the first process, and lets it go on once its network is there and its PID is written down."""
    view.checked(view.libc.unshare(ns.CLONE_NEWUTS | ns.CLONE_NEWIPC | ns.CLONE_NEWPID | network.CLONE_NEWNET), "unshare")
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
        network.connect(host, bridge)
        if os.read(ready_reader, 1) != b"1":
            raise OSError("its root could not be made")
        network.hand_over(pid, network.open_listeners(host), args.network)
        records.write_record(f"{host['folder']}/holder.json", pid)
    except OSError:
        os.kill(pid, signal.SIGKILL)
        raise
    os.write(go, b"1")
    return pid


def connect_again(pid, host, args, bridge):
    network.enter_network(os.open(f"/proc/{pid}/ns/net", os.O_RDONLY))
    network.connect(host, bridge)
    opened = network.open_listeners(host)
    if opened:
        network.hand_over(pid, opened, args.network)


def up_one(host, args):
    """Runs in a process of its own, which loses itself in the namespaces of the host."""
    # An earlier life of the simulator may have been killed in the midst of the same boot, and its tool be at it still.
    with open(f"{host['folder']}/boot.lock", "w", encoding="ascii") as own, \
            open(f"{args.network}/lock", "w", encoding="ascii") as network_lock:
        fcntl.flock(own, fcntl.LOCK_EX)
        fcntl.flock(network_lock, fcntl.LOCK_SH)
        relay = records.read_record(f"{args.network}/network.json")
        if relay is None:
            fcntl.flock(network_lock, fcntl.LOCK_UN)
            fcntl.flock(network_lock, fcntl.LOCK_EX)
            relay = network.ensure_network(args.network)
        bridge = os.open(f"/proc/{relay['pid']}/fd/{relay['bridge']}", os.O_RDONLY)
        running = records.read_record(f"{host['folder']}/holder.json")
        if running is not None:
            connect_again(running["pid"], host, args, bridge)
            return running["pid"]
        return make_host(host, args, bridge)


def up(args):
    os.makedirs(f"{args.network}/shared", exist_ok=True)
    hosts = {host["folder"]: host for host in map(json.loads, args.hosts)}
    return ns.each_by_a_helper(hosts, lambda folder: up_one(hosts[folder], args))


def probe(_args):
    view.checked(view.libc.unshare(network.CLONE_NEWNET), "unshare")
    network.ip("link set lo up", f"link add {network.BRIDGE} type bridge", "link add v0 type veth peer name v1")
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
    view.add_layout_arguments(starting)
    starting.set_defaults(run=up)
    args = parser.parse_args()
    try:
        return args.run(args)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
