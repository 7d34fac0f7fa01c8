import { basename } from "node:path";
import type { Ctx } from "../../db/context.ts";
import type { ProtocolAnswer } from "../../http/protocol.ts";
import type { Artifacts } from "../../modules/artifacts/index.ts";

/** The bytes of a file, to be saved and never to be shown: what was logged may be a page that does harm. */
export async function fileAnswer(
  artifacts: Pick<Artifacts, "openBlob">,
  ctx: Ctx,
  file: { readonly path: string; readonly digest: string; readonly size: number },
): Promise<ProtocolAnswer> {
  return {
    status: 200,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(file.size),
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(basename(file.path))}`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
    },
    body: await artifacts.openBlob(ctx, file.digest),
  };
}
