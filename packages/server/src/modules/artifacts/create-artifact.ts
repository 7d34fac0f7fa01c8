import type { ArtifactType, FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { type ArtifactRow, insertArtifact } from "./artifacts-store.ts";
import { touchBlobs } from "./blobs-store.ts";
import { fileTreeOf, pathProblems } from "./file-tree.ts";

export interface NewArtifact {
  readonly projectId: string;
  readonly type: ArtifactType;
  readonly format: string | null;
  readonly name: string;
  readonly files: readonly FileEntry[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The attempt that made it. */
  readonly attemptId?: string | null;
}

export async function createArtifact(ctx: Ctx, input: NewArtifact): Promise<ArtifactRow> {
  assertPaths(input);
  await assertBlobs(ctx, input.files, `artifact ${input.name}`);
  const { files, bytes, digest } = fileTreeOf(input.files);
  const row: ArtifactRow = {
    id: newId(),
    digest,
    projectId: input.projectId,
    type: input.type,
    format: input.format,
    name: input.name,
    files,
    bytes,
    metadata: input.metadata ?? {},
    attemptId: input.attemptId ?? null,
    createdAt: ctx.clock.now(),
  };
  await insertArtifact(ctx, row);
  return row;
}

function assertPaths(input: NewArtifact): void {
  const problems = pathProblems(input.files.map((file) => file.path));
  if (problems.length === 0) return;
  throw new PaveError(
    "revision.path_invalid",
    `The files of artifact ${input.name} cannot be kept: ${problems.join("; ")}`,
    {
      fix: "Write output files with plain names below the port's folder",
    },
  );
}

/** Throws `blob.not_found` unless every file's bytes are there, verified and of the size that is claimed. */
export async function assertBlobs(ctx: Ctx, files: readonly FileEntry[], what: string): Promise<void> {
  const sizes = await touchBlobs(
    ctx,
    files.map((file) => file.digest),
  );
  const missing = files.find((file) => !sizes.has(file.digest));
  if (missing) {
    throw new PaveError(
      "blob.not_found",
      `The bytes of ${missing.path} in ${what} are missing or not verified: ${missing.digest}`,
      { fix: "Upload them first" },
    );
  }
  const wrong = files.find((file) => sizes.get(file.digest) !== file.size);
  if (wrong) {
    throw new PaveError(
      "blob.digest_mismatch",
      `${wrong.path} in ${what}: expected ${sizes.get(wrong.digest)} bytes, found a claim of ${wrong.size}`,
      {
        fix: "Read the file's size again",
      },
    );
  }
}
