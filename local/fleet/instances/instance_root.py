"""The root that a simulated instance sees, for `namespace.py` and `hosts.py`: mounts in a mount namespace of its own."""

import ctypes
import os
import shutil

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_NOATIME, MS_NODIRATIME, MS_BIND, MS_REC, MS_PRIVATE, MS_RELATIME = (
    32, 1024, 2048, 4096, 16384, 1 << 18, 1 << 21)
MNT_DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

# Where an instance may write though the machine's own files are below.
OVERLAID = ["etc", "home", "opt", "root", "srv", "usr", "var"]
# What an instance has of its own, empty at first, with its mode.
PRIVATE = {"data": 0o755, "tmp": 0o1777, "run": 0o755, "mnt": 0o755, "media": 0o755, "dev": 0o755, "proc": 0o555}
DEVICES = ["null", "zero", "full", "random", "urandom", "tty"]
# The settings of the whole machine that root could change through /proc.
KERNEL_SETTINGS = ["/proc/sys", "/proc/irq", "/proc/bus", "/proc/sysrq-trigger"]
# The one among them that is the instance's own, which root may set there without the rights that are withheld.
OWN_NAME = "/proc/sys/kernel/hostname"
KEPT_FLAGS = {os.ST_NOSUID: MS_NOSUID, os.ST_NODEV: MS_NODEV, os.ST_NOEXEC: MS_NOEXEC,
              os.ST_NOATIME: MS_NOATIME, os.ST_NODIRATIME: MS_NODIRATIME, os.ST_RELATIME: MS_RELATIME}

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def mount(source, target, kind=None, flags=0, options=None):
    encoded = [None if value is None else os.fsencode(value) for value in (source, target, kind, options)]
    checked(libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]), f"mount {target}")


def bind(source, target):
    mount(source, target, flags=MS_BIND | MS_REC)


def make_read_only(tree):
    """Remounts `tree` and every mount below it read-only, keeping flags that a namespace may not drop."""
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        points = [line.split()[4].encode().decode("unicode_escape") for line in lines]
    for point in {point for point in points if point == tree or point.startswith(tree + "/")}:
        present = os.statvfs(point).f_flag
        kept = sum(flag for bit, flag in KEPT_FLAGS.items() if present & bit)
        mount(None, point, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


def overlay(name, root, folder, base):
    """Lays a writable layer over /name of the base root; False where the kernel refuses, as it does if `folder` is inside."""
    upper, work = f"{folder}/upper/{name}", f"{folder}/kernel/{name}"
    # What an earlier boot left there marks the layer as not to be trusted after a crash; these may be lost.
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(upper, exist_ok=True)
    os.makedirs(work)
    os.chmod(upper, os.stat(f"{base}/{name}").st_mode & 0o7777)
    layers = f"lowerdir={base}/{name},upperdir={upper},workdir={work}"
    # "volatile" spares the disk a flush for each instance that ends; kernels before 5.10 lack it.
    for options in (f"{layers},volatile", layers):
        try:
            mount("overlay", f"{root}/{name}", "overlay", 0, options)
            return True
        except OSError:
            continue
    return False


def fill_root(root, folder, base):
    """`base` is the root to start from, without a slash at its end: empty for the machine's own."""
    for name in sorted(os.listdir(base or "/")):
        source, target = f"{base}/{name}", f"{root}/{name}"
        if name in PRIVATE:
            continue
        if os.path.islink(source):
            if not os.path.islink(target):
                os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            os.makedirs(target, exist_ok=True)
            if name not in OVERLAID or not overlay(name, root, folder, base):
                bind(source, target)
                make_read_only(target)
    for name, mode in PRIVATE.items():
        os.makedirs(f"{root}/{name}", exist_ok=True)
        os.chmod(f"{root}/{name}", mode)
    own_var_tmp = f"{folder}/var-tmp"
    os.makedirs(own_var_tmp, exist_ok=True)
    os.chmod(own_var_tmp, 0o1777)
    bind(own_var_tmp, f"{root}/var/tmp")


def fill_dev(root):
    dev = f"{root}/dev"
    mount("tmpfs", dev, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k")
    for name in DEVICES:
        with open(f"{dev}/{name}", "w", encoding="ascii"):
            pass
        mount(f"/dev/{name}", f"{dev}/{name}", flags=MS_BIND)
    for name, target in [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")]:
        os.symlink(f"{'/proc/self/' if target.startswith('fd') else ''}{target}", f"{dev}/{name}")
    os.mkdir(f"{dev}/shm")
    mount("tmpfs", f"{dev}/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    os.mkdir(f"{dev}/pts")
    try:
        mount("devpts", f"{dev}/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
        os.symlink("pts/ptmx", f"{dev}/ptmx")
    except OSError:
        pass  # No terminals in this container: nothing on an instance needs one.


def put(source, root, target, read_only=True):
    """Mounts `source` on `target`, which is made where it is missing."""
    if os.path.isdir(source):
        os.makedirs(root + target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(root + target), exist_ok=True)
        with open(root + target, "a", encoding="ascii"):
            pass
    bind(source, root + target)
    if read_only:
        make_read_only(root + target)


def show(source, root, target):
    """Makes `source` visible at `target`, read-only, unless it is there already."""
    if not os.path.exists(root + target):
        put(source, root, target)


def place(folder, root, mounts, read_only):
    for name, _, target in (mount_of.partition("=") for mount_of in mounts):
        put(f"{folder}/{name}", root, target, read_only)


def hide(directory, root):
    if os.path.isdir(root + directory):
        mount("tmpfs", root + directory, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "mode=755,size=4k")


def become_root_of(root):
    os.chdir(root)
    checked(libc.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    checked(libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def lay_out(folder, args, base=""):
    """Mounts everything that an instance sees on the root that it answers."""
    root = f"{folder}/root"
    os.makedirs(root, exist_ok=True)
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    bind(root, root)
    fill_root(root, folder, base)
    fill_dev(root)
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for path in args.visible:
        show(path, root, path)
    hide(args.hide, root)
    place(folder, root, args.writable, False)
    place(folder, root, args.readable, True)
    put(args.stand_ins, root, "/.fleet")
    return root


def enter(root, host_name):
    become_root_of(root)
    for path in filter(os.path.exists, KERNEL_SETTINGS):
        bind(path, path)
        make_read_only(path)
    bind(OWN_NAME, OWN_NAME)
    mount(None, OWN_NAME, flags=MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    checked(libc.sethostname(host_name.encode(), len(host_name)), "sethostname")


def add_layout_arguments(parser):
    """What `lay_out` reads."""
    parser.add_argument("--hide", required=True)
    parser.add_argument("--stand-ins", required=True)
    parser.add_argument("--visible", action="append", default=[])
    parser.add_argument("--writable", action="append", default=[])
    parser.add_argument("--readable", action="append", default=[])
