/** A file that is read in parts; both ends are included. */
export interface RangeReader {
  readonly size: number;
  read(start: number, end: number): Promise<Buffer>;
}

/** Small, since behind most of what is skipped there is only a name to be read. */
const windowBytes = 64 * 1024;

/** Thrown where a file is not what it seems to be, or would take too many reads. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** Reads on through a file in windows, and skips what is not wanted without reading it. */
export class ByteWindow {
  /** Where the next byte is read. */
  at = 0;
  readonly #reader: RangeReader;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;
  #reads = 0;
  readonly #mostReads: number;

  constructor(reader: RangeReader, mostReads: number) {
    this.#reader = reader;
    this.#mostReads = mostReads;
  }

  /** Sees to it that so many bytes from here are in memory, or as many as there are. */
  async need(count: number): Promise<void> {
    const end = this.#start + this.#window.length;
    if (this.at >= this.#start && this.at + count <= end) return;
    if (this.at >= this.#reader.size) throw new UnreadableFile("the file ends too early");
    this.#reads += 1;
    if (this.#reads > this.#mostReads) throw new UnreadableFile("it has more to read than a preview may");
    const wanted = Math.max(count, windowBytes);
    this.#window = await this.#reader.read(this.at, Math.min(this.#reader.size, this.at + wanted) - 1);
    this.#start = this.at;
  }

  async varint(): Promise<number> {
    await this.need(Math.min(10, this.#reader.size - this.at));
    let [value, factor] = [0, 1];
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#window[this.at - this.#start];
      if (byte === undefined) throw new UnreadableFile("the file ends too early");
      this.at += 1;
      // beyond 53 bits a number is not exact; nothing that is looked for is that large
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new UnreadableFile("a number has no end");
  }

  async text(length: number, most = 1000): Promise<string> {
    const kept = Math.min(length, most);
    await this.need(kept);
    const from = this.at - this.#start;
    const text = this.#window.subarray(from, from + kept).toString("utf8");
    this.at += length;
    return text;
  }
}
