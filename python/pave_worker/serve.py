"""Answers what workers of the gateway send over a local socket, one run after the other.

Everything is done by one thread, so the process stands still while the model runs: its watchdog (watchdog.py) knows
from shared memory until when it may. It ends when nobody watches and nobody is connected: then the release is gone, or
the gateway is.
"""

import collections
import os
import selectors
import signal
import socket
import time

from problem import ModelProblem, sentence_of
from wire import PROTOCOL, FrameReader, encode_frame

CHUNK_BYTES = 1 << 20
# A gateway that asked for this process connects as soon as it listens.
UNWATCHED_SECONDS = 60.0
# The longest that a worker may hold on to a version that was replaced.
DRAIN_SECONDS = 600.0


def monotonic_ms():
    return time.monotonic() * 1000


class Caller:
    def __init__(self, connection):
        self.connection = connection
        self.reader = FrameReader()
        self.watches = False


class Server:
    def __init__(self, model, path, state):
        self.model = model
        self.state = state
        self.selector = selectors.DefaultSelector()
        self.callers = set()
        self.queue = collections.deque()
        self.was_running = False
        self.stopped_at = None
        self.unwatched_at = time.monotonic()
        self.listener = listen(path)
        self.selector.register(self.listener, selectors.EVENT_READ, None)

    def serve(self):
        signal.signal(signal.SIGTERM, self.stop)
        self.state.ready()
        while not self.is_over():
            self.look(0 if self.queue else 0.5)
            if self.queue:
                self.run(*self.queue.popleft())
            elif self.was_running:
                self.was_running = False
                self.tell_watchers({"type": "idle"})

    def stop(self, *_):
        self.stopped_at = self.stopped_at or time.monotonic()

    def is_over(self):
        now = time.monotonic()
        watchers = [caller for caller in self.callers if caller.watches]
        if watchers:
            self.unwatched_at = None
        elif self.unwatched_at is None:
            self.unwatched_at = now
        is_unused = len(self.callers) == len(watchers)
        if self.stopped_at is not None:
            return is_unused or now - self.stopped_at > DRAIN_SECONDS
        if self.unwatched_at is None:
            return False
        waited = now - self.unwatched_at
        return (is_unused and (self.state.was_watched or waited > UNWATCHED_SECONDS)) or waited > DRAIN_SECONDS

    def look(self, timeout):
        for key, _ in self.selector.select(timeout):
            if key.data is None:
                self.welcome()
            else:
                self.receive(key.data)

    def welcome(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        caller = Caller(connection)
        self.callers.add(caller)
        self.selector.register(connection, selectors.EVENT_READ, caller)
        inputs = [each.metadata() for each in self.model.inputs]
        hello = {"type": "hello", "protocol": PROTOCOL, "inputs": inputs, "outputs": self.model.plan.metadata()}
        self.send(caller, hello)

    def receive(self, caller):
        try:
            data = caller.connection.recv(CHUNK_BYTES)
            frames = caller.reader.read(data) if data else None
        except (OSError, ValueError, KeyError, TypeError):
            frames = None
        if frames is None:
            return self.leave(caller)
        for message, tensors in frames:
            if message.get("type") == "watch":
                caller.watches = True
                self.state.was_watched = True
            elif message.get("type") == "run":
                self.queue.append((caller, message, tensors))

    def leave(self, caller):
        self.callers.discard(caller)
        self.selector.unregister(caller.connection)
        caller.connection.close()
        self.queue = collections.deque(item for item in self.queue if item[0] is not caller)

    def run(self, caller, message, tensors):
        identity, deadline = message["id"], message["deadlineMs"]
        if monotonic_ms() > deadline:
            return self.send(caller, {"type": "late", "id": identity})
        self.was_running = True
        self.tell_watchers({"type": "running", "deadlineMs": deadline})
        self.send(caller, {"type": "begin", "id": identity})
        self.state.begin(deadline)
        try:
            outputs = self.model.run(tensors)
            answer = encode_frame({"type": "answer", "id": identity}, outputs)
        except ModelProblem as problem:
            answer = encode_frame({"type": "failed", "id": identity, "message": str(problem)[:2000]})
        except Exception as error:
            answer = encode_frame({"type": "failed", "id": identity, "message": sentence_of(error)})
        self.state.end()
        self.send_bytes(caller, answer)

    def tell_watchers(self, message):
        for caller in [caller for caller in self.callers if caller.watches]:
            self.send(caller, message)

    def send(self, caller, message):
        self.send_bytes(caller, encode_frame(message))

    def send_bytes(self, caller, data):
        """A caller that reads nothing for ten seconds is no caller."""
        if caller not in self.callers:
            return
        try:
            caller.connection.settimeout(10)
            caller.connection.sendall(data)
            caller.connection.settimeout(None)
        except OSError:
            self.leave(caller)


def listen(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(64)
    listener.setblocking(False)
    return listener
