import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where a gateway finds the runner on the same data folder. Socket paths over 100 bytes fail on some systems: then it is
 * in a short folder of this user, `isShared` because others may make one of the same name.
 */
export function modelHostSocket(dataFolder: string): { folder: string; path: string; isShared: boolean } {
  const folder = resolve(dataFolder);
  const path = join(folder, "models.sock");
  if (Buffer.byteLength(path) <= 100) return { folder, path, isShared: false };
  const short = join(tmpdir(), `pave-${userInfo().uid}`);
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return { folder: short, path: join(short, `${name}.models`), isShared: true };
}

/** Frames of a line of JSON each. A line of more than this is none of ours. */
const maxLineBytes = 16 * 2 ** 20;

/** Takes what a socket brings and gives the values that are whole; throws on what is no JSON, or without end. */
export function jsonLines(): (chunk: Buffer) => unknown[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const values: unknown[] = [];
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      values.push(JSON.parse(rest.toString("utf8", 0, end)));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > maxLineBytes) throw new Error("a line without end");
    return values;
  };
}
