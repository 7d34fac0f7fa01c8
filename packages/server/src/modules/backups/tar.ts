import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

export interface TarEntry {
  /** At most 100 characters after the last 155. */
  readonly name: string;
  readonly path: string;
}

/** The entries as a tar archive (ustar), which every tar unpacks; a file that changes its size meanwhile ends the stream. */
export async function* tarOf(entries: AsyncIterable<TarEntry> | Iterable<TarEntry>): AsyncGenerator<Buffer> {
  for await (const { name, path } of entries) {
    const { size } = await stat(path);
    yield header(name, size);
    let sent = 0;
    if (size > 0)
      for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: 1 << 18 })) {
        sent += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    if (sent !== size) throw new Error(`${path} changed while it was read`);
    const over = size % block;
    if (over > 0) yield Buffer.alloc(block - over);
  }
  yield Buffer.alloc(2 * block);
}

const block = 512;
/** The most that eleven octal digits can say. */
const octalMost = 0o77777777777;

function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const [prefix, base] = split(name);
  bytes.write(base, 0, 100, "utf8");
  bytes.write("0000600\0", 100);
  bytes.write("0000000\0", 108);
  bytes.write("0000000\0", 116);
  if (size <= octalMost) bytes.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    bytes[124] = 0x80;
    bytes.writeBigUInt64BE(BigInt(size), 128);
  }
  bytes.write("00000000000\0", 136);
  bytes.write("        ", 148);
  bytes.write("0", 156);
  bytes.write("ustar\u000000", 257, "latin1");
  bytes.write(prefix, 345, 155, "utf8");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}

function split(name: string): [string, string] {
  if (name.length <= 100) return ["", name];
  const at = name.lastIndexOf("/");
  return [name.slice(0, at), name.slice(at + 1)];
}
