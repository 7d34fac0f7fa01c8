/**
 * What a model process and those who use it say over a local socket, in any language. The process listens on the path
 * it was given; workers of the gateway connect to have rows run, the supervisor connects to watch.
 *
 * A frame is `u32 header bytes, u32 body bytes` (little-endian), a header of JSON in UTF-8, and a body. The body of a
 * frame with `tensors` is their bytes one after the other, as in the binary extension of the Open Inference Protocol:
 * little-endian, row-major, no padding; a boolean is one byte; a text is `u32 bytes` and its UTF-8.
 *
 *     process, to whoever connects   hello {protocol, inputs, outputs}      the model is loaded and warm
 *     worker                         run {id, deadlineMs, tensors}          one at a time
 *     process                        begin {id}                             from here on the run is lost with the process
 *                                    answer {id, tensors} | failed {id, message} | late {id}
 *     supervisor                     watch {}                               from here on it is told:
 *     process, to who watches        running {deadlineMs} | idle {}         sent before the process stands still
 *
 * Runs are taken in the order they come and one at a time. `deadlineMs` is in milliseconds of the machine's monotonic
 * clock (`process.hrtime`, Python's `time.monotonic`): a run that has not begun by then is answered `late`, a process
 * that still runs it is killed. SIGTERM: end when no worker is connected. When the watcher is gone, so is the gateway:
 * the same.
 */
import type { ElementType } from "../model/tensor-plan.ts";
import type { Tensor, TensorMetadata, Tensors } from "./runtime.ts";

export const wireProtocol = 1;

interface TensorHeader {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: number;
}

interface Run {
  readonly type: "run";
  readonly id: number;
  readonly deadlineMs: number;
}
interface Answer {
  readonly type: "answer";
  readonly id: number;
}

export type ToProcess = Run | { readonly type: "watch" };

export type FromProcess =
  | {
      readonly type: "hello";
      readonly protocol: number;
      readonly inputs: readonly TensorMetadata[];
      readonly outputs: readonly TensorMetadata[];
    }
  | { readonly type: "begin" | "late"; readonly id: number }
  | Answer
  | { readonly type: "failed"; readonly id: number; readonly message: string }
  | { readonly type: "running"; readonly deadlineMs: number }
  | { readonly type: "idle" };

/** The clock of `deadlineMs`: the same in all processes of a machine. */
export const monotonicMs = () => Number(process.hrtime.bigint() / 1000n) / 1000;

/** The parts of a frame in order. They share memory with the tensors. */
export function encodeFrame(message: ToProcess | FromProcess, tensors?: Tensors): Buffer[] {
  const bodies = tensors === undefined ? [] : Object.values(tensors).map(bytesOf);
  const heads =
    tensors &&
    Object.entries(tensors).map(
      ([name, { type, dims }], index): TensorHeader => ({ name, type, dims, bytes: bodies[index]?.length ?? 0 }),
    );
  const header = Buffer.from(JSON.stringify(heads ? { ...message, tensors: heads } : message));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(header.length, 0);
  lengths.writeUInt32LE(
    bodies.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  return [Buffer.concat([lengths, header]), ...bodies];
}

export interface Frame<M> {
  readonly message: M;
  /** Of a message that carries tensors. */
  readonly tensors: Tensors;
}

const maxHeaderBytes = 2 ** 20;
const maxBodyBytes = 2 ** 31;
/** Of what a process of somebody's model answers. It is held in the memory of those who serve everybody. */
export const maxAnswerBytes = 2 ** 28;

/** Puts frames together from what a socket brings. */
export class FrameReader<M extends ToProcess | FromProcess> {
  readonly #maxBodyBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number = maxBodyBytes) {
    this.#maxBodyBytes = maxBytes;
  }

  /** The frames that are whole now. Throws when the other side speaks something else. */
  read(chunk: Buffer): readonly Frame<M>[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame<M>[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame<M> | undefined {
    if (this.#bytes < 8) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < 8) this.#chunks = [Buffer.concat(this.#chunks)];
    const first = this.#chunks[0] as Buffer;
    const headerBytes = first.readUInt32LE(0);
    const bodyBytes = first.readUInt32LE(4);
    if (headerBytes > maxHeaderBytes || bodyBytes > this.#maxBodyBytes) throw new Error("a frame of impossible size");
    const end = 8 + headerBytes + bodyBytes;
    if (this.#bytes < end) return undefined;
    const whole = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = whole.length > end ? [whole.subarray(end)] : [];
    this.#bytes = whole.length - end;
    const header = JSON.parse(whole.toString("utf8", 8, 8 + headerBytes)) as M & { tensors?: readonly TensorHeader[] };
    return { message: header, tensors: readTensors(header.tensors ?? [], whole.subarray(8 + headerBytes, end)) };
  }
}

function readTensors(headers: readonly TensorHeader[], body: Buffer): Tensors {
  let at = 0;
  return Object.fromEntries(
    headers.map(({ name, type, dims, bytes }): [string, Tensor] => {
      const part = body.subarray(at, at + bytes);
      at += bytes;
      const data = type === "string" ? readTexts(part) : readNumbers(type, part);
      if (data.length !== dims.reduce((total, size) => total * size, 1))
        throw new Error(`the tensor "${name}" has ${data.length} elements for the shape [${dims}]`);
      return [name, { type, dims, data }];
    }),
  );
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Copied, because elements must lie at multiples of their size. */
function readNumbers(type: Exclude<ElementType, "string">, part: Buffer): ArrayLike<unknown> {
  const bytes = new Uint8Array(part);
  return new arrays[type](bytes.buffer);
}

function readTexts(part: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < part.length; ) {
    const end = at + 4 + part.readUInt32LE(at);
    texts.push(part.toString("utf8", at + 4, end));
    at = end;
  }
  return texts;
}

function bytesOf({ type, data }: Tensor): Buffer {
  if (type !== "string") {
    const { buffer, byteOffset, byteLength } = data as Uint8Array<ArrayBuffer>;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  const parts: Buffer[] = [];
  for (const text of data as string[]) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}
