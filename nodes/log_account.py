"""What the steps of this node have logged and lost, kept beside each: together they stay within the node's part. No step fails
for it: an account that cannot be read or written is none."""

import json
import os

# What a step may log in any case, however much the steps before it have logged.
LEAST_BYTES = 1024 * 1024
# A step leaves a part of what is left to those that follow.
PART_FOR_A_STEP = 0.75
NAME = "logged.json"


def allowance(steps, share):
    """Bytes that the next step may log, where all have this share."""
    used = sum(account["bytes"] for account in _accounts(steps).values())
    return max(LEAST_BYTES, int((share - used) * PART_FOR_A_STEP))


def settle(folder, used_bytes, lost_lines=0):
    """Notes a step's output, at its end and before: a unit may be killed."""
    _write(os.path.join(folder, NAME), {"bytes": used_bytes, "lostLines": lost_lines})


def take_losses(steps):
    """Lines that earlier steps could not ship, by the name of their folder; each is told of once."""
    losses = {}
    for path, account in _accounts(steps).items():
        if account["lostLines"] > 0:
            losses[os.path.basename(os.path.dirname(path))] = account["lostLines"]
            _write(path, dict(account, lostLines=0))
    return losses


def _accounts(steps):
    accounts = {}
    try:
        units = sorted(os.listdir(steps))
    except OSError:
        units = []
    for unit in units:
        path = os.path.join(steps, unit, NAME)
        try:
            with open(path, encoding="utf-8") as file:
                account = json.load(file)
            accounts[path] = {name: int(account[name]) for name in ("bytes", "lostLines")}
        except (OSError, ValueError, LookupError, TypeError):
            continue  # it has not begun, or the machine broke down meanwhile
    return accounts


def _write(path, account):
    try:
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(account, file)
        os.replace(path + ".new", path)
    except OSError:
        pass
