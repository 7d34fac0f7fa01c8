"""What a step left in its output folder, listed without trusting any of it.

Folders are opened one by one relative to their parent and never through a link. Run as root, each is taken over
(owner root, 0700) before it is listed and each file before it is measured, so whoever still holds an open folder can
change nothing after the look. Names go no further than what every store and system can keep.
"""

import os
import stat

PROBLEMS = 20
DEPTH = 32
PATH_CHARACTERS = 1_024


def seal_outputs(spec, uid):
    """{"files": [{path, size, executable}], "problems": ["model/x: is a symbolic link"]}; paths relative to the folder."""
    listing = Listing(spec, uid)
    try:
        folder = os.open(spec["folder"], os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        return {"files": [], "problems": ["the output folder itself: %s" % error.strerror]}
    try:
        listing.take_folder(folder, "")
    except TooMuch:
        pass
    finally:
        os.close(folder)
    listing.files.sort(key=lambda file: file["path"])
    return {"files": listing.files, "problems": listing.problems}


class TooMuch(Exception):
    pass


class Listing:
    def __init__(self, spec, uid):
        self.max_files = spec["maxFiles"]
        self.max_file_bytes = spec["maxFileBytes"]
        self.max_bytes = spec["maxBytes"]
        self.owner = os.getuid() if uid is None else uid
        self.takes_over = uid is not None and os.getuid() == 0
        self.files = []
        self.problems = []
        self.bytes = 0
        self.entries = 0

    def take_folder(self, folder, path):
        if path.count("/") > DEPTH:
            return self.problem(path, "is nested more than %d folders deep" % DEPTH)
        info = os.fstat(folder)
        if info.st_uid != self.owner:
            return self.problem(path or ".", "belongs to another user")
        if self.takes_over:
            os.fchown(folder, 0, 0)
            os.fchmod(folder, 0o700)
        with os.scandir(folder) as entries:
            for entry in entries:
                self.entries += 1
                if self.entries > self.max_files:
                    self.problem(path or ".", "holds more than %d files and folders in all" % self.max_files)
                    raise TooMuch
                self.take_entry(folder, entry, "%s%s" % (path, entry.name))

    def take_entry(self, folder, entry, path):
        if not is_plain(path):
            return self.problem(path, "has a name that is too long, not UTF-8, or holds control characters or a backslash")
        kind = os.stat(entry.name, dir_fd=folder, follow_symlinks=False).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            return self.problem(path, "is %s" % kind_of(kind))
        is_folder = stat.S_ISDIR(kind)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_DIRECTORY if is_folder else 0)
        try:
            opened = os.open(entry.name, flags, dir_fd=folder)
        except OSError as error:
            return self.problem(path, "cannot be read: %s" % error.strerror)
        try:
            return self.take_folder(opened, path + "/") if is_folder else self.take_file(opened, path)
        finally:
            os.close(opened)

    def take_file(self, file, path):
        info = os.fstat(file)
        if not stat.S_ISREG(info.st_mode):
            return self.problem(path, "is %s" % kind_of(info.st_mode))
        if info.st_uid != self.owner:
            return self.problem(path, "belongs to another user")
        if info.st_nlink != 1:
            return self.problem(path, "is a hard link to another file")
        if self.takes_over:
            os.fchown(file, 0, 0)
            os.fchmod(file, 0o400)
        if info.st_size > self.max_file_bytes:
            return self.problem(path, "has %d bytes, more than the %d that one stored file may have; split it" % (info.st_size, self.max_file_bytes))
        self.bytes += info.st_size
        if self.bytes > self.max_bytes:
            self.problem(path, "makes the outputs larger than the limit of %d bytes" % self.max_bytes)
            raise TooMuch
        self.files.append({"path": path, "size": info.st_size, "executable": bool(info.st_mode & 0o100)})

    def problem(self, path, what):
        self.problems.append("%s: %s" % (printable(path), what))
        if len(self.problems) >= PROBLEMS:
            raise TooMuch


def is_plain(path):
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return len(path) <= PATH_CHARACTERS and "\\" not in path and not any(ord(c) < 32 or ord(c) == 127 for c in path)


def printable(path):
    """On one line, whatever a step called it: what follows a line break would pass for words of ours."""
    return path.rstrip("/").encode("unicode_escape").decode("ascii")[:200]


def kind_of(mode):
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device" if stat.S_ISBLK(mode) or stat.S_ISCHR(mode) else "no plain file"
