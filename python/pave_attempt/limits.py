"""The control groups of a step: made with their limits by the runner, entered by the step before anything else of it.

`groups` of a spec: {"join": folders, "memory": folder or null, "processes": folder or null, "version": of memory's}.
A group is removed with its step; what a kill of the supervisor leaves, the runner removes.
"""

import os
import time


def join_groups(groups):
    """The calling process; its children follow. Raises OSError."""
    for folder in groups["join"] if groups else []:
        with open(os.path.join(folder, "cgroup.procs"), "w", encoding="ascii") as file:
            file.write("0\n")


def read_groups(groups):
    """What the kernel counted: {"oomKills", "peakBytes", "refusedForks"}; null what is not counted here."""
    if not groups:
        return None
    memory, processes = groups["memory"], groups["processes"]
    old = groups["version"] == 1
    return {
        "oomKills": read_key(memory, "memory.oom_control" if old else "memory.events", "oom_kill"),
        "peakBytes": read_number(memory, "memory.max_usage_in_bytes" if old else "memory.peak"),
        "refusedForks": read_key(processes, "pids.events", "max"),
    }


def count_kills(groups):
    """Of the step's own processes, for want of memory within its limit; 0 where that is not counted."""
    counted = read_groups(groups) if groups and groups["memory"] else None
    return (counted["oomKills"] or 0) if counted else 0


def remove_groups(groups):
    until = time.monotonic() + 1.0
    for folder in groups["join"] if groups else []:
        while True:
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                pass
            except OSError:
                # the last process is gone for us a moment before it is for the group
                if time.monotonic() < until:
                    time.sleep(0.005)
                    continue
            break


def read_key(folder, name, key):
    for line in read_text(folder, name).splitlines():
        if line.startswith(key + " "):
            return int(line.split()[1])
    return None


def read_number(folder, name):
    text = read_text(folder, name).strip()
    return int(text) if text.isdigit() else None


def read_text(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="ascii") as file:
            return file.read()
    except (OSError, TypeError):
        return ""
