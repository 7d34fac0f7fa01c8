"""What a step must not show of its secrets: masked in what it says, refused in what it leaves behind.

`masks` is a list of {"name": of the secret, "text": what it must not show}, made by the server (kernel/masks.ts). Matches
are exact, on bytes.
"""

import os
import re

MASKED = b"***"
READ_BYTES = 1 << 20
# As much of a pattern as is looked for before the rest is compared.
PROBE_BYTES = 8


class Masker:
    """Masks a stream that comes in pieces. What may be the beginning of a secret is held back until more has come."""

    def __init__(self, masks):
        self.texts = sorted({mask["text"].encode("utf-8") for mask in masks}, key=len, reverse=True)
        self.pattern = re.compile(b"|".join(re.escape(text) for text in self.texts)) if self.texts else None
        self.held = b""

    def feed(self, data, final=False):
        if self.pattern is None:
            return data
        data, self.held = self.held + data, b""
        end = len(data) if final else min(self.begins(data, text) for text in self.texts)
        parts, position = [], 0
        for match in self.pattern.finditer(data):
            if match.start() >= end:
                break
            parts += [data[position : match.start()], MASKED]
            position = match.end()
        if position < end:
            parts.append(data[position:end])
            position = end
        self.held = data[position:]
        return b"".join(parts)

    @staticmethod
    def begins(data, text):
        """Where in `data` a proper beginning of `text` starts that reaches its end; its length where none does."""
        start = max(0, len(data) - len(text) + 1)
        while start < len(data):
            probe = text[: min(PROBE_BYTES, len(data) - start)]
            start = data.find(probe, start) if len(probe) == PROBE_BYTES else start
            if start < 0:
                start = max(0, len(data) - PROBE_BYTES + 1)
                return next((at for at in range(start, len(data)) if text.startswith(data[at:])), len(data))
            if text.startswith(data[start:]):
                return start
            start += 1
        return len(data)


def mask_text(text, masks):
    return Masker(masks).feed(text.encode("utf-8"), final=True).decode("utf-8", errors="replace")


def find_secrets(folder, files, masks):
    """Problems with sealed outputs: (path, name of the secret) for each file that has one in its bytes or its name."""
    masks = [(mask["name"], mask["text"].encode("utf-8")) for mask in masks]
    if not masks:
        return []
    overlap = max(len(text) for _, text in masks) - 1
    found = []
    for file in files:
        name = in_name(file["path"], masks) or in_file(os.path.join(folder, file["path"]), masks, overlap)
        if name is not None:
            found.append((file["path"], name))
    return found


def in_name(path, masks):
    path = path.encode("utf-8", errors="replace")
    return next((name for name, text in masks if text in path), None)


def in_file(path, masks, overlap):
    tail = b""
    with open(path, "rb") as file:
        while True:
            data = file.read(READ_BYTES)
            if not data:
                return None
            data = tail + data
            for name, text in masks:
                if text in data:
                    return name
            tail = data[max(0, len(data) - overlap) :]
