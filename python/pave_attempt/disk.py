"""How much of the disk a step takes: its own folder, and what its user left where every user may.

Folders are walked in small portions between other work, so a step of a million files holds up nothing, and with pauses,
so that looking costs at most a twentieth of the time. Counted is what is allocated (holes in files are free), once for
all links to a file. What cannot be walked, because a step nested it without end, is not counted; the free space of the
file system still is.
"""

import os
import stat
import time

from processes import SHARED_FOLDERS

PORTION_SECONDS = 0.01
PAUSE_SECONDS = 1.0


class DiskWatch:
    """`disk` of a spec: {"folder", "maxBytes", "minFreeBytes"}; `uid` null when the step has no user of its own."""

    def __init__(self, disk, uid):
        self.disk = disk
        self.uid = uid
        self.walk = None
        self.spent = 0.0
        self.next_walk = 0.0
        self.used_bytes = 0
        self.counted_bytes = 0

    def look(self):
        """"disk-limit", "disk-full" or None."""
        started = time.monotonic()
        if self.walk is None and started >= self.next_walk:
            self.walk, self.spent, self.counted_bytes = self.walk_all(), 0.0, 0
        if self.walk is not None:
            self.go_on(started)
        if self.used_bytes > self.disk["maxBytes"]:
            return "disk-limit"
        # Ended only where that helps: whoever filled the disk may be somebody else.
        missing = self.disk["minFreeBytes"] - free_bytes(self.disk["folder"])
        return "disk-full" if missing > 0 and self.used_bytes >= missing else None

    def go_on(self, started):
        for size in self.walk:
            self.counted_bytes += size
            if time.monotonic() - started > PORTION_SECONDS:
                break
        else:
            self.walk = None
        self.spent += time.monotonic() - started
        if self.walk is not None:
            # a walk that is not over says already that it is at least so much
            self.used_bytes = max(self.used_bytes, self.counted_bytes)
        else:
            self.used_bytes = self.counted_bytes
            self.next_walk = time.monotonic() + max(PAUSE_SECONDS, 20 * self.spent)

    def walk_all(self):
        yield from sizes_below(self.disk["folder"])
        if self.uid is not None:
            for folder in SHARED_FOLDERS:
                yield from self.sizes_of_user(folder)

    def sizes_of_user(self, folder):
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        for entry in entries:
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if info.st_uid != self.uid:
                continue
            yield info.st_blocks * 512
            if stat.S_ISDIR(info.st_mode):
                yield from sizes_below(entry.path)


def sizes_below(folder):
    linked = set()
    try:
        for _, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
            for name in [*folders, *files]:
                try:
                    info = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                except OSError:
                    continue
                if info.st_nlink > 1 and not stat.S_ISDIR(info.st_mode):
                    if info.st_ino in linked:
                        continue
                    linked.add(info.st_ino)
                yield info.st_blocks * 512
    except (OSError, RecursionError):
        return


def free_bytes(folder):
    """What a user without privileges may still write; what is kept back for root is not for steps."""
    try:
        info = os.statvfs(folder)
    except OSError:
        return float("inf")
    return info.f_bavail * info.f_frsize
