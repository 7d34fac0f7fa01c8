import type { Ctx } from "../../../db/context.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { heldBlobs, requireBlob } from "../../artifacts/index.ts";

/** Of the bytes of others nothing is told, not even that they are there. */
export async function uploadedBlob(ctx: Ctx, digest: string) {
  const held = await heldBlobs(ctx, [ctx.actor.principalId], [digest]);
  if (held.has(digest)) return requireBlob(ctx, digest);
  throw new PaveError("blob.not_found", `You have uploaded no bytes with the digest ${digest}`, {
    fix: "Upload them first",
  });
}

/** The name becomes a file of the runner, and of the project. */
export const plainName = (filename: string): string =>
  filename
    .replaceAll("\\", "/")
    .split("/")
    .at(-1)
    ?.replaceAll(/[^\w. -]/g, "_")
    .replace(/^\.+/, "") || "table";
