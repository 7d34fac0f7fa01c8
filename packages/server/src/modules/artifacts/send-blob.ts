import { basename, extname } from "node:path";
import type { Ctx } from "../../db/context.ts";
import type { RequestIo } from "../../http/handlers.ts";
import type { BlobRow } from "./blobs-store.ts";
import { parseRange } from "./byte-range.ts";
import type { Artifacts } from "./create-artifacts.ts";

const textTypes: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ...Object.fromEntries(
    [".txt", ".md", ".csv", ".tsv", ".yaml", ".yml", ".py", ".sql", ".toml", ".lock", ".log"].map((ending) => [
      ending,
      "text/plain; charset=utf-8",
    ]),
  ),
};

/** What is answered instead of the usual: other headers, and whether the browser is to save the bytes. */
export type SendAs = Readonly<Record<string, string>> & { readonly disposition?: "inline" | "attachment" };

/** Answers with a blob, whole or the one range that was asked for. */
export async function sendBlob(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "openBlob">,
  io: RequestIo,
  blob: BlobRow,
  path?: string,
  { disposition = "inline", ...other }: SendAs = {},
): Promise<void> {
  const etag = `"${blob.digest}"`;
  const headers = {
    ...headersFor(path, disposition),
    ...other,
    etag,
    "accept-ranges": "bytes",
    // Asked again by etag: `latest` is another file tomorrow, and a right to read may be taken away.
    "cache-control": "private, no-cache",
  };
  if (io.headers["if-none-match"] === etag) return io.send(304, headers, "");

  const range = parseRange(io.headers.range, blob.size);
  if (range === "unsatisfiable") return io.send(416, { ...headers, "content-range": `bytes */${blob.size}` }, "");
  if (range === undefined) {
    return io.send(
      200,
      { ...headers, "content-length": String(blob.size) },
      await artifacts.openBlob(ctx, blob.digest),
    );
  }
  const partHeaders = {
    ...headers,
    "content-length": String(range.end - range.start + 1),
    "content-range": `bytes ${range.start}-${range.end}/${blob.size}`,
  };
  return io.send(206, partHeaders, await artifacts.openBlob(ctx, blob.digest, { range }));
}

/** Users' bytes come from our own origin, so they are never anything a browser would run. */
const headersFor = (path: string | undefined, disposition: string): Record<string, string> => ({
  "content-type": textTypes[extname(path ?? "").toLowerCase()] ?? "application/octet-stream",
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  ...(path === undefined
    ? {}
    : { "content-disposition": `${disposition}; filename*=UTF-8''${encodeURIComponent(basename(path))}` }),
});
