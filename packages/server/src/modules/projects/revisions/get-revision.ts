import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { suggestion } from "../../../kernel/spec/index.ts";
import type { Artifacts } from "../../artifacts/index.ts";
import { findRevision, type RevisionRow } from "./revisions-store.ts";

/** The revision with that id or number, or the one pushed last. */
export async function getRevision(ctx: Ctx, projectId: string, reference: string | number): Promise<RevisionRow> {
  const text = String(reference);
  const isNumber = /^[1-9]\d{0,14}$/.test(text);
  const revision = await findRevision(
    ctx,
    projectId,
    text === "latest" ? "latest" : isNumber ? { number: Number(text) } : { id: text },
  );
  if (revision) return revision;
  throw new PaveError(
    "revision.not_found",
    text === "latest" ? "The project has no revision yet" : `There is no revision ${text} in this project`,
    {
      fix: text === "latest" ? "Push one with `pave push`" : "Use a number or id of `pave revisions list`, or `latest`",
    },
  );
}

export function findFile(revision: { readonly files: readonly FileEntry[] }, path: string): FileEntry | undefined {
  return revision.files.find((file) => file.path === path);
}

/** The file's bytes. Throws where there is none, with the path that was probably meant. */
export async function readRevisionFile(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "readBlob">,
  revision: { readonly files: readonly FileEntry[] },
  path: string,
  maxBytes = 16 * 2 ** 20,
): Promise<Buffer> {
  return artifacts.readBlob(ctx, requireFile(revision, path).digest, maxBytes);
}

export function requireFile(revision: { readonly files: readonly FileEntry[] }, path: string): FileEntry {
  const file = findFile(revision, path);
  if (file) return file;
  throw new PaveError(
    "revision.not_found",
    `There is no file ${path} in the revision${suggestion(
      path,
      revision.files.map((entry) => entry.path),
    )}`,
    {
      fix: "Check the path, and that the file is not ignored by git",
    },
  );
}
