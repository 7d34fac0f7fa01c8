"""The way from a step's own network to its tracking server: copies bytes, and looks at none of them.

The listening socket was made inside (enter.py); this process is outside, under a user that no step runs as, and passes
each connection to one Unix socket of the runner's, which is where it is decided what may pass. A connection waits while
the runner is away: a new one comes back to the same path. More than `CONNECTIONS` at once wait in the kernel's queue.
"""

import os
import selectors
import signal
import socket
import time

from processes import PR_SET_PDEATHSIG, set_process_option

CONNECTIONS = 64
PIECE_BYTES = 1 << 18
WAIT_SECONDS = 30.0


def start_door(door, listener, user):
    """The pid of the process that keeps the door. `user`: (uid, gid) to become, or None."""
    supervisor = os.getpid()
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        signal.set_wakeup_fd(-1)
        for name in ("SIGTERM", "SIGCHLD"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        if user is not None:
            os.setgroups([])
            os.setresgid(user[1], user[1], user[1])
            os.setresuid(user[0], user[0], user[0])
        set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == supervisor:
            Door(door["socket"], listener).keep()
    finally:
        os._exit(0)


class Door:
    def __init__(self, path, listener):
        # paths of sockets may have some 100 bytes, so it is named from its folder
        os.chdir(os.path.dirname(path))
        self.name = os.path.basename(path)
        self.listener = listener
        self.listener.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, None)
        self.open = 0
        # of connections whose other end is not there yet: (until, connection)
        self.waiting = []

    def keep(self):
        while True:
            for key, events in self.selector.select(0.1 if self.waiting else None):
                if key.data is None:
                    self.accept()
                else:
                    key.data.move(events)
            self.connect_waiting()

    def accept(self):
        try:
            inner, _ = self.listener.accept()
        except OSError:
            return
        self.open += 1
        if self.open == CONNECTIONS:
            self.selector.unregister(self.listener)
        inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting.append((time.monotonic() + WAIT_SECONDS, inner))

    def connect_waiting(self):
        waiting, self.waiting = self.waiting, []
        for until, inner in waiting:
            outer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                outer.connect(self.name)
            except OSError:
                outer.close()
                if time.monotonic() < until:
                    self.waiting.append((until, inner))
                else:
                    inner.close()
                    self.one_less()
                continue
            Passage(self, inner, outer)

    def one_less(self):
        self.open -= 1
        if self.open == CONNECTIONS - 1:
            self.selector.register(self.listener, selectors.EVENT_READ, None)


class Passage:
    """Both directions of one connection; each holds at most one piece."""

    def __init__(self, door, inner, outer):
        self.door = door
        self.ends = (inner, outer)
        self.held = {inner: b"", outer: b""}
        self.is_over = {inner: False, outer: False}
        self.masks = {inner: 0, outer: 0}
        self.is_closed = False
        for end in self.ends:
            end.setblocking(False)
        self.watch()

    def other(self, end):
        return self.ends[1] if end is self.ends[0] else self.ends[0]

    def move(self, _events):
        if self.is_closed:
            return
        try:
            for end in self.ends:
                self.pass_on(end, self.other(end))
        except OSError:
            self.close()
            return
        if all(self.is_over.values()) and not any(self.held.values()):
            self.close()
        else:
            self.watch()

    def pass_on(self, source, target):
        """What `source` said, held until `target` takes it."""
        if not self.held[source] and not self.is_over[source]:
            try:
                piece = source.recv(PIECE_BYTES)
            except BlockingIOError:
                return
            self.held[source] = piece
            if not piece:
                self.is_over[source] = True
                target.shutdown(socket.SHUT_WR)
        if self.held[source]:
            try:
                sent = target.send(self.held[source])
            except BlockingIOError:
                return
            self.held[source] = self.held[source][sent:]

    def watch(self):
        for end in self.ends:
            reads = 0 if self.held[end] or self.is_over[end] else selectors.EVENT_READ
            writes = selectors.EVENT_WRITE if self.held[self.other(end)] else 0
            mask = reads | writes
            if mask == self.masks[end]:
                continue
            if self.masks[end] == 0:
                self.door.selector.register(end, mask, self)
            elif mask == 0:
                self.door.selector.unregister(end)
            else:
                self.door.selector.modify(end, mask, self)
            self.masks[end] = mask

    def close(self):
        self.is_closed = True
        for end in self.ends:
            if self.masks[end]:
                self.door.selector.unregister(end)
                self.masks[end] = 0
            end.close()
        self.door.one_less()
