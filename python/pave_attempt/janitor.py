"""Ends what an attempt left alive and deals with its folder, whatever its files are called or point to.

    python3 -I -S janitor.py <folder> <uid or -> <killer uid or -> kill|remove|own|trim

First, with a uid, everything of that user is killed, and everything whose environment names a path in the folder. Then
`remove` removes the folder, `own` gives what the user owns in it to root, `trim` removes what is large: an attempt that
failed stays to be looked at, not to fill the disk. All go through open folders, so a link put in the way meanwhile leads
nowhere.
"""

import os
import shutil
import signal
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from disk import sizes_below
from processes import IS_LINUX, kill_user

# Of a kept attempt: code and output together hold no more than twice this.
KEPT_FILE_BYTES = 16 << 20
KEPT_FOLDER_BYTES = 64 << 20


def main(folder, uid, killer, task):
    if uid != "-":
        kill_user(int(uid), int(killer))
    kill_by_environment(folder)
    if task == "own":
        take_over(folder, int(uid))
    if task == "trim":
        trim(folder)
    if task == "remove":
        os.chmod(folder, 0o700)
        remove_tree(folder)


def kill_by_environment(folder):
    mark = ("=%s/" % folder).encode("utf-8")
    names = os.listdir("/proc") if IS_LINUX else []
    for pid in [int(name) for name in names if name.isdigit()]:
        try:
            with open("/proc/%d/environ" % pid, "rb") as file:
                if mark in file.read() and pid != os.getpid():
                    os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def take_over(folder, uid):
    for _, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
        for name in [*folders, *files]:
            info = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            if info.st_uid != uid:
                continue
            os.chown(name, 0, 0, dir_fd=descriptor, follow_symlinks=False)
            if not stat.S_ISLNK(info.st_mode):
                os.chmod(name, stat.S_IMODE(info.st_mode) & 0o755, dir_fd=descriptor)
    os.chown(folder, 0, 0)


def trim(attempt):
    """Nobody is alive in the folder any more. Code and output lose large files, and all of it where many small ones remain."""
    step = os.path.join(attempt, "step")
    for name in ("home", "tmp"):
        if os.path.isdir(os.path.join(step, name)):
            remove_tree(os.path.join(step, name))
    for name in ("code", "output"):
        folder = os.path.join(step, name)
        if not os.path.isdir(folder) or os.path.islink(folder):
            continue
        for _, _, files, descriptor in os.fwalk(folder, follow_symlinks=False):
            for file in files:
                if os.stat(file, dir_fd=descriptor, follow_symlinks=False).st_size > KEPT_FILE_BYTES:
                    os.unlink(file, dir_fd=descriptor)
        if sum(sizes_below(folder)) > KEPT_FOLDER_BYTES:
            remove_tree(folder)


def remove_tree(folder):
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=open_and_retry)
    else:
        shutil.rmtree(folder, onerror=lambda remove, path, problem: open_and_retry(remove, path, problem[1]))


def open_and_retry(_remove, path, problem):
    """A folder that its owner may not write (given inputs, a step's chmod) is opened and tried once more."""
    if isinstance(problem, FileNotFoundError):
        return
    if os.getuid() == 0:
        raise problem
    for part in (os.path.dirname(path), path):
        if os.path.isdir(part) and not os.path.islink(part):
            os.chmod(part, 0o700)
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
