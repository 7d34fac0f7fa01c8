import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { unreadable } from "./backup-errors.ts";
import type { Opener, Sealer } from "./encryption.ts";
import type { Part } from "./manifest.ts";

export interface WritePart {
  /** Of the backup. */
  readonly folder: string;
  readonly file: string;
  readonly seal?: Sealer | undefined;
  /** What is compressed already, or too small to care, is not. */
  readonly compress?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Throws where the disk has no room for more; asked again and again while much is written. */
  readonly assertRoom?: (() => Promise<void>) | undefined;
}

/** Writes what flows in to a new file, flushed to disk, and says what both sides are. Memory stays flat however much it is. */
export async function writePart(source: Readable, options: WritePart): Promise<Part> {
  const { folder, file, seal, compress = true, signal, assertRoom } = options;
  const [plain, stored] = [createMeter(), createMeter(assertRoom)];
  const packed = new PassThrough();
  const pack = compress
    ? pipeline(source, plain.through, createZstdCompress(fast), packed, { signal })
    : pipeline(source, plain.through, packed, { signal });
  const sealed = seal ? Readable.fromWeb((await seal(Readable.toWeb(packed) as never)) as ReadableStream) : packed;
  const target = createWriteStream(join(folder, file), { flags: "wx", mode: 0o600, flush: true });
  const store = pipeline(sealed, stored.through, target, { signal });
  await bothOf(pack, store);
  const [inside, outside] = [plain.result(), stored.result()];
  return { file, bytes: outside.bytes, sha256: outside.sha256, plainBytes: inside.bytes, plainSha256: inside.sha256 };
}

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** Where one ends the other for its own failure, the other's complaint says nothing. */
async function bothOf(pack: Promise<void>, store: Promise<void>): Promise<void> {
  const results = await Promise.allSettled([pack, store]);
  const errors = results.flatMap((one) => (one.status === "rejected" ? [one.reason as NodeJS.ErrnoException] : []));
  const told =
    errors.find(({ code, name }) => code !== "ERR_STREAM_PREMATURE_CLOSE" && name !== "AbortError") ?? errors[0];
  if (told) throw told;
}

export interface ReadPart {
  readonly folder: string;
  readonly open?: Opener | undefined;
  readonly compressed?: boolean;
}

/** What a file holds. The stream fails before its end when a single byte on the way is not the one that was written. */
export function readPart(part: Part, options: ReadPart): Readable {
  return Readable.from(opened(part, options), { objectMode: false });
}

async function* opened(part: Part, { folder, open, compressed = true }: ReadPart): AsyncGenerator<Buffer> {
  const where = join(folder, part.file);
  const [stored, plain] = [createHash("sha256"), createHash("sha256")];
  let [storedBytes, plainBytes] = [0, 0];
  const raw = Readable.from(
    (async function* () {
      for await (const chunk of createReadStream(where)) {
        stored.update(chunk as Buffer);
        storedBytes += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    })(),
    { objectMode: false },
  );
  try {
    const clear = open ? Readable.fromWeb((await open(Readable.toWeb(raw) as never)) as ReadableStream) : raw;
    const unpacked = compressed ? unpack(clear) : clear;
    for await (const chunk of unpacked) {
      plain.update(chunk as Buffer);
      plainBytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    if ((error as { name?: string }).name === "PaveError") throw error;
    throw unreadable(where, "it is cut or was changed");
  }
  const isWhole =
    storedBytes === part.bytes &&
    plainBytes === part.plainBytes &&
    stored.digest("hex") === part.sha256 &&
    plain.digest("hex") === part.plainSha256;
  if (!isWhole) throw unreadable(where, "it is not what was written");
}

/** With its source's error as its own. */
function unpack(source: Readable): Readable {
  const unpacked = createZstdDecompress();
  source.once("error", (error) => unpacked.destroy(error));
  return source.pipe(unpacked);
}

/** Throws unless the file is there as it was written; needs no key. */
export async function checkStored(part: Pick<Part, "file" | "bytes" | "sha256">, folder: string): Promise<void> {
  const where = join(folder, part.file);
  const found = await stat(where).catch(() => undefined);
  if (!found?.isFile()) throw unreadable(where, "the file is missing");
  if (found.size !== part.bytes)
    throw unreadable(where, `expected ${part.bytes} bytes, found ${found.size}: it was cut or changed`);
  if ((await sha256Of(where)) !== part.sha256) throw unreadable(where, "its bytes are not those that were written");
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Other programs fill the same disk: each looks again after this much. */
const lookAgainBytes = 16 * 2 ** 20;

function createMeter(assertRoom?: () => Promise<void>) {
  const hash = createHash("sha256");
  let [bytes, unseen] = [0, 0];
  return {
    through: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        unseen += chunk.length;
        if (!assertRoom || unseen < lookAgainBytes) return done(null, chunk);
        unseen = 0;
        assertRoom().then(
          () => done(null, chunk),
          (error: Error) => done(error),
        );
      },
    }),
    result: () => ({ bytes, sha256: hash.digest("hex") }),
  };
}

/** The lines of a file of JSON lines. */
export async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of source.setEncoding("utf8")) {
    const lines = (rest + (chunk as string)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
