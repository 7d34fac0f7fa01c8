import { type FileHandle, open, stat, truncate } from "node:fs/promises";
import type { logChunkSchema } from "@pave/contract";
import type { z } from "zod";

export type LogChunk = z.output<typeof logChunkSchema>;

interface Frame {
  readonly o: number;
  readonly t: number;
  readonly s: LogChunk["stream"];
  readonly x: string;
}

/**
 * The log file of an attempt. The runner says something before and after the step; while the step runs its supervisor
 * writes. An offset counts the bytes of text before, so it does not depend on who wrote or how it was posted.
 */
export class AttemptLog {
  readonly path: string;
  #end: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Adds a line of the platform's own. Never while a supervisor is writing. */
  async say(text: string): Promise<void> {
    const offset = this.#end ?? (await endOf(this.path));
    const line = `${text.replaceAll("\0", "\ufffd")}\n`;
    const frame: Frame = { o: offset, t: Date.now(), s: "system", x: line };
    const file = await open(this.path, "a", 0o600);
    try {
      await file.appendFile(`${JSON.stringify(frame)}\n`);
    } finally {
      await file.close();
    }
    this.#end = offset + Buffer.byteLength(line);
  }

  /** Somebody else has written: read the end anew. */
  forgetEnd(): void {
    this.#end = undefined;
  }

  /** Whole frames from byte `position` of the file on, and the position after them. */
  async read(position: number, maxBytes: number): Promise<{ chunks: LogChunk[]; position: number }> {
    const file = await open(this.path, "r").catch(() => undefined);
    if (!file) return { chunks: [], position };
    try {
      const text = await readAt(file, position, maxBytes);
      const end = text.lastIndexOf(10) + 1;
      const lines = text.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
      return { chunks: lines.map(chunkOf), position: position + end };
    } finally {
      await file.close();
    }
  }
}

async function readAt(file: FileHandle, position: number, maxBytes: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, Math.min(maxBytes, size - position)));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}

function chunkOf(line: string): LogChunk {
  const frame = JSON.parse(line) as Frame;
  return { offset: frame.o, time: new Date(frame.t).toISOString(), stream: frame.s, text: frame.x };
}

/** Offset after the last whole frame. Half a line that a killed writer left is cut off. */
async function endOf(path: string): Promise<number> {
  const size = await stat(path).then(
    (info) => info.size,
    () => 0,
  );
  if (size === 0) return 0;
  const file = await open(path, "r");
  try {
    const start = Math.max(0, size - 262_144);
    const tail = await readAt(file, start, size - start);
    const end = tail.lastIndexOf(10) + 1;
    if (start + end < size) await truncate(path, start + end);
    if (end === 0) return 0;
    const last = JSON.parse(tail.subarray(tail.lastIndexOf(10, end - 2) + 1, end).toString("utf8")) as Frame;
    return last.o + Buffer.byteLength(last.x);
  } finally {
    await file.close();
  }
}
