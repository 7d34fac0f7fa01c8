"""Finding, measuring and ending every process of a step.

The supervisor is a child subreaper: whatever the step starts, even what forks twice to get away, stays its descendant.
Under a user of its own, the step is also found by uid, and one kill(-1) as that user ends all of it at once: the kernel
does it under the lock that fork needs, so nothing escapes by forking.
"""

import ctypes
import os
import signal
import stat
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
IS_LINUX = sys.platform == "linux"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

# Where every user may leave files.
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")


def set_process_option(option, value):
    """prctl(2); a no-op where there is none."""
    if IS_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def become_reaper():
    set_process_option(PR_SET_CHILD_SUBREAPER, 1)


def start_time_of(pid):
    """The same text as processStartTime in drivers/process: boot id and clock ticks, or what ps says."""
    if IS_LINUX:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read()[:8]
        return "%s-%s" % (boot, stat_fields(pid)[19])
    line = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return "_".join(line.stdout.split()[1:])


def kill_everything(spec):
    """Ends all processes of the step, wherever they went, and sweeps up what its user left in shared folders."""
    if spec["uid"] is not None and spec["ownsUid"]:
        kill_user(spec["uid"], spec["killerUid"])
    else:
        kill_descendants()


def kill_user(uid, killer):
    """The killer's real user is another, so that the step cannot signal it first."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(killer, uid, killer)
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
            for folder in SHARED_FOLDERS:
                sweep_folder(folder, uid)
        finally:
            os._exit(0)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass


def sweep_folder(folder, uid):
    try:
        entries = [entry for entry in os.scandir(folder) if entry.stat(follow_symlinks=False).st_uid == uid]
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                os.unlink(entry.path)
        except OSError:
            pass


def remove_tree(path):
    """shutil's does the same, but this user may not be able to reach the interpreter's files any more to import it."""
    for _, folders, files, descriptor in os.fwalk(path, topdown=False, follow_symlinks=False):
        for name in files:
            os.unlink(name, dir_fd=descriptor)
        for name in folders:
            if stat.S_ISLNK(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=descriptor)
            else:
                os.rmdir(name, dir_fd=descriptor)
    os.rmdir(path)


def kill_descendants():
    """
    Without a user of its own: again and again until none is left; zombies wait to be reaped and do not count. One look
    that finds nothing is no proof: a process may fork after the names were listed and be gone before its own is read.
    """
    until = time.monotonic() + 3.0
    empty_looks = 0
    while empty_looks < 3 and time.monotonic() <= until:
        alive = [pid for pid, state in descendants() if state not in "ZX"]
        empty_looks = 0 if alive else empty_looks + 1
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        time.sleep(0.002)


def measure_memory(limit, without):
    """Bytes of all processes of the step. Sums of RSS count shared pages twice; near the limit PSS decides."""
    pids = [pid for pid, _ in descendants() if pid != without]
    used = sum(resident_bytes(pid) for pid in pids)
    if limit is None or used <= limit or not IS_LINUX:
        return used
    return sum(proportional_bytes(pid) for pid in pids)


def resident_bytes(pid):
    if not IS_LINUX:
        return ps_table().get(pid, (0, "Z", 0))[2]
    try:
        with open("/proc/%d/statm" % pid, "rb") as file:
            return int(file.read().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0


def proportional_bytes(pid):
    try:
        with open("/proc/%d/smaps_rollup" % pid, "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resident_bytes(pid)


def descendants():
    """(pid, state) of every process below this one."""
    parents = {pid: (parent, state) for pid, parent, state in all_processes()}
    me = os.getpid()
    found = {me}
    grew = True
    while grew:
        grew = False
        for pid, (parent, _) in parents.items():
            if parent in found and pid not in found:
                found.add(pid)
                grew = True
    return [(pid, parents[pid][1]) for pid in found if pid != me and pid in parents]


def all_processes():
    if not IS_LINUX:
        return [(pid, parent, state) for pid, (parent, state, _) in ps_table().items()]
    rows = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = stat_fields(int(name))
                rows.append((int(name), int(fields[1]), fields[0]))
            except (OSError, IndexError):
                continue
    return rows


def stat_fields(pid):
    """Fields of /proc/<pid>/stat from the third on; the second may hold spaces and parentheses."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        text = file.read()
    return text[text.rindex(")") + 2 :].split()


def ps_table():
    text = subprocess.run(["ps", "-axo", "pid=,ppid=,stat=,rss="], capture_output=True, text=True).stdout
    rows = [line.split() for line in text.splitlines()]
    return {int(row[0]): (int(row[1]), row[2][0], int(row[3]) * 1024) for row in rows if len(row) == 4}


def count_oom_kills():
    """Processes that the kernel has killed for want of memory since the machine started."""
    try:
        with open("/proc/vmstat", encoding="ascii") as file:
            for line in file:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0
