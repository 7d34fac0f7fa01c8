"""Keeps one model process going: starts it, kills it when a run is past its deadline or it takes too much memory, and
starts its successor, which listens on the same path.

    starting ──ready──> serving ──killed, crashed──> starting, at once or with growing pauses while it keeps ending
       │                   └── ended by itself: nobody watches any more; so does this
       └── never became ready: this ends with 1, and the reason is the last line that was said

The two share a few bytes of memory: the deadline of the present run, and whether the model was loaded. A model that
holds the interpreter's lock, as native code does, keeps no other thread of its own process alive: hence two processes.
"""

import mmap
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

GRACE_MS = 50
LOOK_SECONDS = 0.02
SHARED_BYTES = 16
QUICK_SECONDS = 5.0


class Shared:
    """What both processes see. Deadline in milliseconds of the monotonic clock, 0 for none; then whether it is ready."""

    def __init__(self, descriptor):
        self.memory = mmap.mmap(descriptor, SHARED_BYTES)
        self.was_watched = False

    def begin(self, deadline_ms):
        struct.pack_into("<d", self.memory, 0, deadline_ms)

    def end(self):
        struct.pack_into("<d", self.memory, 0, 0.0)

    def ready(self):
        self.memory[8] = 1

    def forget(self):
        self.memory[:] = bytes(SHARED_BYTES)

    @property
    def deadline_ms(self):
        return struct.unpack_from("<d", self.memory, 0)[0]

    @property
    def is_ready(self):
        return self.memory[8] == 1


def watch(folder, path, memory_bytes, start_seconds):
    """The exit code."""
    with tempfile.TemporaryFile() as file:
        file.truncate(SHARED_BYTES)
        return Watchdog(folder, path, memory_bytes, start_seconds, file.fileno()).run()


class Watchdog:
    def __init__(self, folder, path, memory_bytes, start_seconds, descriptor):
        self.command = [sys.executable, "-I", os.path.join(os.path.dirname(os.path.abspath(__file__)), "main.py")]
        self.command += ["model", folder, path, str(descriptor)]
        self.descriptor = descriptor
        self.memory_bytes = memory_bytes
        self.start_seconds = start_seconds
        self.shared = Shared(descriptor)
        self.was_ready = False
        self.is_stopped = False

    def run(self):
        signal.signal(signal.SIGTERM, self.stop)
        quick_ends = 0
        while True:
            started = time.monotonic()
            self.shared.forget()
            child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, pass_fds=[self.descriptor])
            why = self.look_after(child, started)
            if why is None or self.is_stopped:
                return 0
            if not self.was_ready:
                # what the model process itself said last says more than how it ended
                if why != "ended with code 1":
                    say("the model's process %s" % why)
                return 1
            quick_ends = quick_ends + 1 if time.monotonic() - started < QUICK_SECONDS else 0
            say("the model's process %s and gets replaced" % why)
            time.sleep(0 if quick_ends <= 1 else min(30.0, 0.2 * 2 ** (quick_ends - 1)))

    def stop(self, *_):
        """The process gets the same signal, and ends when nobody is connected."""
        self.is_stopped = True

    def look_after(self, child, started):
        """Why it is no more; None when it ended by itself."""
        stopped, next_memory_look = None, 0.0
        while True:
            code = child.poll()
            if code is None:
                # not child.wait with a timeout: it wakes up six times as often
                time.sleep(LOOK_SECONDS)
                code = child.poll()
            self.was_ready = self.was_ready or self.shared.is_ready
            if code is not None:
                return stopped or (None if code == 0 else ended(code))
            if stopped is not None:
                continue
            now = time.monotonic()
            deadline_ms = self.shared.deadline_ms
            if deadline_ms and now * 1000 > deadline_ms + GRACE_MS:
                stopped = "was stopped because it ran longer than the time limit of a request"
            elif not self.shared.is_ready and now - started > self.start_seconds:
                stopped = "was stopped because it did not load within %d s" % self.start_seconds
            elif now >= next_memory_look:
                next_memory_look = now + 0.1
                if resident_bytes(child.pid) > self.memory_bytes:
                    stopped = "was stopped because it needed more than %d MB of memory" % (self.memory_bytes >> 20)
            if stopped is not None:
                child.kill()


def ended(code):
    return "was ended by %s" % signal.Signals(-code).name if code < 0 else "ended with code %d" % code


def resident_bytes(pid):
    try:
        with open("/proc/%d/statm" % pid, "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def say(text):
    print(text, file=sys.stderr, flush=True)
