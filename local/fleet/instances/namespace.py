"""Namespaces of one simulated instance.

  namespace.py probe
  namespace.py boot  --hide DIR --stand-ins DIR [--visible PATH]... [--writable NAME=TARGET]...
                     [--readable NAME=TARGET]... FOLDER=HOST_NAME...
  namespace.py share --source PATH --pid PID --target PATH
  namespace.py unshare --pid PID --target PATH

`boot` makes the mount, PID, IPC and UTS namespaces of instances and prints the PID of the first process of each,
which does nothing but keep them and reap orphans; 0 for one that failed. The PID is also in holder.json of the folder, before
the process goes on, so that it is found whoever is killed meanwhile; one that runs already is left as it is. Inside, `/` is the instance's own folder: the system's folders are
overlaid (what is written there stays with the instance) or read-only, /data, /tmp, /run and /dev are its own, and
the folder that holds all instances cannot be seen. What the simulator itself writes for an instance stands beside
its root, where the instance can put no link in the way: NAME in FOLDER is mounted on TARGET. `share` bind-mounts a folder of the caller's namespace into
that of another process, and `unshare` takes it away.
"""

import argparse
import fcntl
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import instance_root as view  # noqa: E402
import process_records as records  # noqa: E402

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID = 0x20000, 0x4000000, 0x8000000, 0x20000000
OPEN_TREE, MOVE_MOUNT = 428, 429
OPEN_TREE_CLONE, AT_RECURSIVE, AT_FDCWD, MOVE_MOUNT_F_EMPTY_PATH = 1, 0x8000, -100, 4


def become_first_process(folder, host_name, args, ready, go):
    os.setsid()
    # Not shared with the caller, whose root would change too.
    view.checked(view.libc.unshare(CLONE_NEWNS), "unshare")
    view.enter(view.lay_out(folder, args), host_name)
    os.write(ready, b"1")
    if os.read(go, 1) != b"1":
        os._exit(1)
    # Ignored across exec: the kernel then reaps every orphan of the instance by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, 256)
    os.execvp("sleep", ["sleep", "2147483647"])


def each_by_a_helper(folders, work):
    """Does `work` for each folder, one after the other, in a process of its own: one may enter a new PID namespace only once.
    Prints the PID that it answers, or 0 and why where there is none."""
    for folder in folders:
        helper = os.fork()
        if helper == 0:
            status = 1
            try:
                print(work(folder), flush=True)
                status = 0
            except OSError as error:
                print(f"{folder}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        if os.waitpid(helper, 0)[1] != 0:
            print(0, flush=True)
    return 0


def boot_one(folder, host_name, args):
    # An earlier life of the simulator may have been killed in the midst of the same boot, and its tool be at it still.
    with open(f"{folder}/boot.lock", "w", encoding="ascii") as own:
        fcntl.flock(own, fcntl.LOCK_EX)
        running = records.read_record(f"{folder}/holder.json")
        return running["pid"] if running is not None else make_first_process(folder, host_name, args)


def make_first_process(folder, host_name, args):
    view.checked(view.libc.unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID), "unshare")
    ready_reader, ready = os.pipe()
    go_reader, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go)
        become_first_process(folder, host_name, args, ready, go_reader)
    os.close(ready)
    if os.read(ready_reader, 1) != b"1":
        return 0
    records.write_record(f"{folder}/holder.json", pid)
    os.write(go, b"1")
    return pid


def boot(args):
    names = {folder: host_name for folder, _, host_name in (instance.rpartition("=") for instance in args.instances)}
    return each_by_a_helper(names, lambda folder: boot_one(folder, names[folder], args))


def enter_mounts(pid):
    with open(f"/proc/{pid}/ns/mnt", "rb") as namespace:
        view.checked(view.libc.setns(namespace.fileno(), CLONE_NEWNS), "setns")
    os.chdir("/")


def share(args):
    """A detached copy of the mount is taken here and attached there: both steps need no path that both see."""
    tree = view.checked(view.libc.syscall(OPEN_TREE, AT_FDCWD, os.fsencode(args.source), OPEN_TREE_CLONE | AT_RECURSIVE),
                   f"open_tree {args.source}")
    enter_mounts(args.pid)
    if not os.path.isdir(args.target):
        raise OSError(f"mount point {args.target} does not exist")
    view.checked(view.libc.syscall(MOVE_MOUNT, tree, b"", AT_FDCWD, os.fsencode(args.target), MOVE_MOUNT_F_EMPTY_PATH),
            f"move_mount {args.target}")
    return 0


def unshare(args):
    enter_mounts(args.pid)
    view.checked(view.libc.umount2(os.fsencode(args.target), 0), f"umount {args.target}")
    return 0


def probe(_args):
    view.checked(view.libc.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID), "unshare")
    view.mount(None, "/", flags=view.MS_REC | view.MS_PRIVATE)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("probe").set_defaults(run=probe)
    booting = commands.add_parser("boot")
    booting.add_argument("instances", nargs="+", metavar="FOLDER=HOST_NAME")
    view.add_layout_arguments(booting)
    booting.set_defaults(run=boot)
    sharing = commands.add_parser("share")
    sharing.add_argument("--source", required=True)
    sharing.add_argument("--pid", type=int, required=True)
    sharing.add_argument("--target", required=True)
    sharing.set_defaults(run=share)
    unsharing = commands.add_parser("unshare")
    unsharing.add_argument("--pid", type=int, required=True)
    unsharing.add_argument("--target", required=True)
    unsharing.set_defaults(run=unshare)
    args = parser.parse_args()
    try:
        return args.run(args)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
