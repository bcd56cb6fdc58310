"""Records of processes that outlive those who write them."""

import json
import os


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
        started = start_time(record["pid"])
        return record if started is not None and started == record["identity"] else None
    except (OSError, ValueError):
        return None


def write_record(path, pid, **more):
    with open(f"{path}.new", "w", encoding="ascii") as file:
        json.dump({"pid": pid, "identity": start_time(pid), **more}, file)
    os.rename(f"{path}.new", path)
