import { createHash } from "node:crypto";
import { get, request } from "node:http";
import { Readable } from "node:stream";

const block = Buffer.alloc(2 ** 20, "large");

/** Sends so many MiB as they are made, as a client does that has a file. */
export function upload(url: string, token: string, mebibytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "PUT", headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    Readable.from(blocks(mebibytes)).pipe(sent);
  });
}

function* blocks(mebibytes: number): Generator<Buffer> {
  for (let i = 0; i < mebibytes; i += 1) yield block;
}

export function expectedDigest(mebibytes: number): string {
  const hash = createHash("sha256");
  for (const one of blocks(mebibytes)) hash.update(one);
  return hash.digest("hex");
}

/** Reads it and keeps nothing of it. */
export function downloadDigest(url: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash("sha256");
    get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.on("data", (chunk: Buffer) => hash.update(chunk));
      response.on("end", () => resolve(hash.digest("hex")));
      response.on("error", reject);
    }).on("error", reject);
  });
}

/** What memory the process took at most beyond what it had, in MiB. */
export async function memoryGrowth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  await work().finally(() => clearInterval(timer));
  return (most - before) / 2 ** 20;
}
