import { PaveError } from "../../kernel/pave-error.ts";

/** One item of a body, as text, with its line; in a list, its place from 1. */
export interface Item {
  readonly line: number;
  readonly text: string;
}

const maxItemBytes = 64 * 1024;
const [newline, quote, backslash, comma, open, close] = [10, 34, 92, 44, 91, 93];

/**
 * Takes a body of JSON lines or a JSON list apart without holding more of it than one item. Items are not looked into.
 * Throws `request.invalid` for a list that does not end, and for an item that is too large.
 */
export async function* splitItems(body: AsyncIterable<Uint8Array>): AsyncGenerator<Item> {
  const splitter = new Splitter();
  for await (const chunk of body) yield* splitter.take(chunk);
  yield* splitter.end();
}

class Splitter {
  /** Undefined until the first byte that is no blank. */
  #isList: boolean | undefined;
  #isClosed = false;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #line = 1;
  #place = 0;
  /** Of the item that is being collected. */
  #startLine = 1;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  *take(chunk: Uint8Array): Generator<Item> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) this.#line += 1;
      if (this.#isList === undefined) {
        if (isBlank(byte)) {
          from = at + 1;
          this.#startLine = this.#line;
          continue;
        }
        this.#isList = byte === open;
        if (this.#isList) {
          from = at + 1;
          continue;
        }
      }
      if (!this.#ends(byte)) continue;
      this.#collect(chunk.subarray(from, at));
      from = at + 1;
      yield* this.#item();
    }
    this.#collect(chunk.subarray(from));
  }

  *end(): Generator<Item> {
    if (this.#isList && !this.#isClosed)
      throw invalid(this.#line, "the end of the list `]`, found the end of the body");
    yield* this.#item();
  }

  /** Whether an item ends before this byte. */
  #ends(byte: number): boolean {
    if (!this.#isList) return byte === newline;
    if (this.#isClosed) {
      if (isBlank(byte)) return false;
      throw invalid(this.#line, "nothing behind the list, found more");
    }
    if (this.#inText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#inText = false;
      return false;
    }
    if (byte === quote) this.#inText = true;
    else if (byte === open || byte === 123) this.#depth += 1;
    else if (byte === close && this.#depth === 0) {
      this.#isClosed = true;
      return true;
    } else if (byte === close || byte === 125) this.#depth -= 1;
    return byte === comma && this.#depth === 0;
  }

  #collect(part: Uint8Array) {
    if (part.length === 0) return;
    if (this.#bytes === 0 && part.every(isBlank)) {
      this.#startLine = this.#line;
      return;
    }
    this.#bytes += part.length;
    if (this.#bytes > maxItemBytes)
      throw invalid(this.#startLine, `a label of at most ${maxItemBytes} bytes, found more`);
    // the chunk is somebody else's memory
    this.#parts.push(part.slice());
  }

  *#item(): Generator<Item> {
    const text = Buffer.concat(this.#parts).toString("utf8").trim();
    const line = this.#startLine;
    this.#parts = [];
    this.#bytes = 0;
    this.#startLine = this.#line;
    if (text === "") return;
    this.#place += 1;
    yield { line: this.#isList ? this.#place : line, text };
  }
}

const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

const invalid = (line: number, what: string) =>
  new PaveError("request.invalid", `line ${line}: expected ${what}`, {
    fix: "Send a JSON list of labels, or one label a line.",
  });
