"""The frames of packages/server/src/gateway/runtime/wire.ts, which says what is spoken.

Tensors are numpy arrays here; those of texts have the dtype object. Numpy is imported late: a process that only says why
the model cannot be loaded needs none.
"""

import json
import struct

PROTOCOL = 1
MAX_HEADER_BYTES = 2**20
MAX_BODY_BYTES = 2**31

# Name on the wire to name in numpy, little-endian.
DTYPES = {
    "float32": "<f4",
    "float64": "<f8",
    "int8": "|i1",
    "int16": "<i2",
    "int32": "<i4",
    "int64": "<i8",
    "uint8": "|u1",
    "uint16": "<u2",
    "uint32": "<u4",
    "uint64": "<u8",
    "bool": "|b1",
}


def encode_frame(message, tensors=None):
    """The bytes of a frame. `tensors` is a dict of name to (type on the wire, array)."""
    bodies = []
    if tensors is not None:
        headers = []
        for name, (kind, array) in tensors.items():
            body = encode_texts(array) if kind == "string" else array.astype(DTYPES[kind], copy=False).tobytes()
            bodies.append(body)
            headers.append({"name": name, "type": kind, "dims": list(array.shape), "bytes": len(body)})
        message = {**message, "tensors": headers}
    header = json.dumps(message, separators=(",", ":")).encode("utf-8")
    return b"".join([struct.pack("<II", len(header), sum(map(len, bodies))), header, *bodies])


def encode_texts(array):
    parts = []
    for text in array.ravel().tolist():
        data = text.encode("utf-8", errors="replace")
        parts.append(struct.pack("<I", len(data)))
        parts.append(data)
    return b"".join(parts)


class FrameReader:
    """Puts frames together from what a socket brings."""

    def __init__(self):
        self.buffer = bytearray()

    def read(self, chunk):
        """The (message, tensors) that are whole now. Raises ValueError when the other side speaks something else."""
        self.buffer += chunk
        frames = []
        while len(self.buffer) >= 8:
            header_bytes, body_bytes = struct.unpack_from("<II", self.buffer)
            if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
                raise ValueError("a frame of impossible size")
            end = 8 + header_bytes + body_bytes
            if len(self.buffer) < end:
                break
            message = json.loads(bytes(self.buffer[8 : 8 + header_bytes]))
            body = bytes(self.buffer[8 + header_bytes : end])
            del self.buffer[:end]
            frames.append((message, read_tensors(message.get("tensors", []), body)))
        return frames


def read_tensors(headers, body):
    tensors, at = {}, 0
    for header in headers:
        part = body[at : at + header["bytes"]]
        at += header["bytes"]
        tensors[header["name"]] = read_tensor(header, part)
    return tensors


def read_tensor(header, part):
    import numpy

    if header["type"] == "string":
        texts = read_texts(part)
        array = numpy.empty(len(texts), dtype=object)
        array[:] = texts
    else:
        array = numpy.frombuffer(part, dtype=DTYPES[header["type"]])
    return array.reshape(header["dims"])


def read_texts(part):
    texts, at = [], 0
    while at < len(part):
        (length,) = struct.unpack_from("<I", part, at)
        end = at + 4 + length
        texts.append(part[at + 4 : end].decode("utf-8", errors="replace"))
        at = end
    return texts
