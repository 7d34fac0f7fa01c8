import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { gunzip, inflate } from "node:zlib";
import { assertUtf8 } from "../../kernel/assert-utf8.ts";
import { PaveError } from "../../kernel/pave-error.ts";

type Done = (error: PaveError | undefined, text: string) => void;

/**
 * Collects a body as text, whatever its Content-Type (tritonclient sends none), and calls `done` once: never when the
 * caller goes away first.
 */
export function readBody(request: IncomingMessage, maxBytes: number, done: Done) {
  try {
    assertUtf8(request.headers["content-type"]);
  } catch (error) {
    return done(error as PaveError, "");
  }
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return refuse(announced, maxBytes, done);

  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      request.off("data", onData).off("end", onEnd);
      return refuse(bytes, maxBytes, done);
    }
    if (first === undefined) first = chunk;
    else if (rest === undefined) rest = [chunk];
    else rest.push(chunk);
  };
  const onEnd = () => {
    const body = rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat([first ?? Buffer.alloc(0), ...rest]);
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined || encoding === "identity") return decode(body, done);
    decompress(body, encoding, maxBytes, done);
  };
  request.on("data", onData).on("end", onEnd);
}

function refuse(bytes: number, maxBytes: number, done: Done) {
  const message = `expected a body of at most ${maxBytes} bytes, found ${bytes === maxBytes ? "more" : `at least ${bytes}`}`;
  done(new PaveError("request.too_large", message, { fix: "send fewer rows in one request" }), "");
}

function decode(body: Buffer, done: Done) {
  const text = body.toString("utf8");
  // bytes that are no UTF-8 became this character, which a body may also contain as itself
  if (!text.includes("\ufffd") || isUtf8(body)) return done(undefined, text);
  done(
    new PaveError("request.invalid", "expected a body in UTF-8, found other bytes", {
      fix: "send JSON text encoded as UTF-8",
    }),
    "",
  );
}

function decompress(body: Buffer, encoding: string, maxBytes: number, done: Done) {
  const unpack = encoding === "gzip" ? gunzip : encoding === "deflate" ? inflate : undefined;
  if (!unpack) {
    return done(
      new PaveError(
        "request.unsupported_media_type",
        `expected Content-Encoding gzip, deflate or none, found ${encoding}`,
        { fix: "send the body as it is" },
      ),
      "",
    );
  }
  unpack(body, { maxOutputLength: maxBytes }, (error, unpacked) => {
    if (!error) return decode(unpacked, done);
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      return done(
        new PaveError("request.too_large", `expected a body of at most ${maxBytes} bytes, found more after unpacking`, {
          fix: "send fewer rows in one request",
        }),
        "",
      );
    }
    done(
      new PaveError("request.invalid", `expected a body packed with ${encoding}, found other bytes`, {
        fix: "send the body as it is",
      }),
      "",
    );
  });
}
