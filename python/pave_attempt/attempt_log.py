"""The log of an attempt: JSON lines, each with its place in the text, so that posting one again changes nothing."""

import codecs
import json
import os
import time

from masking import Masker

FRAME_CHARACTERS = 16_000
TAIL_BYTES = 8_192
IDLE_SECONDS = 0.3
TAIL_OF_FILE = 262_144


class AttemptLog:
    """Appends to what the runner wrote before; only one of the two writes at a time."""

    def __init__(self, path, limit_bytes, masks=()):
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.offset = continue_from(self.file)
        self.room = limit_bytes
        self.streams = {name: Stream(masks) for name in ("stdout", "stderr")}

    def write(self, name, data):
        self.take(name, self.streams[name].masker.feed(data))

    def take(self, name, data):
        stream = self.streams[name]
        stream.tail = (stream.tail + data)[-TAIL_BYTES:]
        if self.room <= 0:
            return
        stream.text += stream.decoder.decode(data)
        stream.since = stream.since or time.monotonic()
        end = stream.text.rfind("\n") + 1
        if end == 0 and len(stream.text) < FRAME_CHARACTERS:
            return
        self.emit(name, end or len(stream.text))

    def flush_stale(self):
        """Text without a line end is shown too, a moment later."""
        for name, stream in self.streams.items():
            if stream.text and stream.since and time.monotonic() - stream.since > IDLE_SECONDS:
                self.emit(name, len(stream.text))

    def close(self):
        for name, stream in self.streams.items():
            self.take(name, stream.masker.feed(b"", final=True))
            stream.text += stream.decoder.decode(b"", final=True)
            self.emit(name, len(stream.text))
        os.close(self.file)

    def tail(self, name):
        return clean(self.streams[name].tail.decode("utf-8", errors="replace"))

    def emit(self, name, end):
        stream = self.streams[name]
        text, stream.text = stream.text[:end], stream.text[end:]
        stream.since = time.monotonic() if stream.text else None
        for start in range(0, len(text), FRAME_CHARACTERS):
            if self.room <= 0:
                return
            self.frame(name, text[start : start + FRAME_CHARACTERS])
            if self.room <= 0:
                self.frame("system", "the log reached its limit; what the step writes from here on is not kept\n")

    def frame(self, name, text):
        text = clean(text)
        size = len(text.encode("utf-8"))
        line = json.dumps({"o": self.offset, "t": int(time.time() * 1000), "s": name, "x": text}, ensure_ascii=False)
        write_all(self.file, line.encode("utf-8") + b"\n")
        self.offset += size
        self.room -= size


class Stream:
    def __init__(self, masks):
        self.masker = Masker(masks)
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.text = ""
        self.tail = b""
        self.since = None


def clean(text):
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "\ufffd")


def continue_from(file):
    """Offset after the last whole line; half a line of a killed writer is cut off."""
    size = os.fstat(file).st_size
    start = max(0, size - TAIL_OF_FILE)
    data = os.pread(file, size - start, start)
    end = data.rfind(b"\n") + 1
    if start + end < size:
        os.ftruncate(file, start + end)
    if end == 0:
        return 0
    last = json.loads(data[data.rfind(b"\n", 0, end - 1) + 1 : end])
    return last["o"] + len(last["x"].encode("utf-8"))


def write_all(file, data):
    while data:
        data = data[os.write(file, data) :]
