import type { Readable } from "node:stream";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { everyDecoding } from "../../kernel/every-decoding.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import {
  type Artifacts,
  type DiskReserve,
  heldBlobs,
  holdBlobs,
  pathProblems,
  touchBlobs,
} from "../artifacts/index.ts";
import { filesBelow, projectOfModel, projectsOfRuns, putFile, trackingNotFound } from "../tracking/index.ts";
import { assertItems } from "./import-runs.ts";
import type { ImportRow } from "./imports-store.ts";

export interface ImportFilesDeps {
  readonly artifacts: Pick<Artifacts, "storeBlob">;
  readonly reserve: DiskReserve;
}

/** Where files of a root lie among those that clients log. A version's own wait in a place that no client can name. */
export function storedRoot(row: Pick<ImportRow, "projectId">, root: string): string {
  if (root.startsWith("version/")) return `import ${row.projectId} ${root.slice("version/".length)}`;
  return root.slice(root.indexOf("/") + 1);
}

/** Throws unless the root is of something that an import has begun in this project. */
export async function assertRoot(ctx: Ctx, row: ImportRow, root: string): Promise<void> {
  const [kind, name = ""] = root.split("/");
  await assertItems(ctx, row, kind === "run" ? "run" : kind === "model" ? "logged-model" : "model", [name]);
  // what was copied once may have been removed since, with its files
  const isHere =
    kind === "run"
      ? (await projectsOfRuns(ctx, [name])).has(name)
      : kind !== "model" || (await projectOfModel(ctx, name)) !== undefined;
  if (!isHere) throw trackingNotFound(`${kind} ${name}`);
}

export async function listImportedFiles(
  ctx: Ctx,
  row: ImportRow,
  root: string,
): Promise<{ path: string; size: number }[]> {
  await assertRoot(ctx, row, root);
  const files = await filesBelow(ctx, storedRoot(row, root), "");
  return files.map(({ path, size }) => ({ path, size }));
}

const maxFileBytes = 2 ** 33;

/** Keeps a file as it comes, with nothing of it in memory. One of another length than announced is not kept. */
export async function importFile(
  ctx: Ctx,
  deps: ImportFilesDeps,
  row: ImportRow,
  file: { readonly root: string; readonly path: string; readonly size: number | undefined },
  { body, signal }: { readonly body: Readable; readonly signal: AbortSignal },
): Promise<void> {
  assertPath(file.path);
  await assertRoot(ctx, row, file.root);
  const blob = await deps.artifacts.storeBlob(ctx, deps.reserve.guard(body, file.size ?? 0), {
    ...(file.size === undefined ? {} : { expectedSize: file.size }),
    maxBytes: maxFileBytes,
    signal,
  });
  await inTransaction(ctx, async (ctx) => {
    await holdBlobs(ctx, row.projectId, [blob.digest]);
    await putFile(ctx, storedRoot(row, file.root), { path: file.path, ...blob });
  });
}

/**
 * Keeps a file whose bytes the project or whoever imports has brought before; gives whether that is so. Of others' bytes
 * it tells nothing: knowing a digest is not having the bytes.
 */
export async function nameImportedFile(
  ctx: Ctx,
  row: ImportRow,
  { root, ...file }: { readonly root: string; readonly path: string; readonly digest: string; readonly size: number },
): Promise<boolean> {
  assertPath(file.path);
  await assertRoot(ctx, row, root);
  return inTransaction(ctx, async (ctx) => {
    if (!(await heldBlobs(ctx, [row.projectId, ctx.actor.principalId], [file.digest])).has(file.digest)) return false;
    if ((await touchBlobs(ctx, [file.digest])).get(file.digest) !== file.size) return false;
    await putFile(ctx, storedRoot(row, root), file);
    return true;
  });
}

/** The rules of what clients log: what they could not ask for by its path is not taken. */
function assertPath(path: string): void {
  const [problem] = pathProblems(everyDecoding(path));
  if (problem === undefined && Buffer.byteLength(path) <= 2500 && !path.includes("#")) return;
  throw new PaveError(
    "request.invalid",
    `Invalid path: ${problem ?? `${JSON.stringify(path)} has a # or is too long`}`,
    {
      fix: "Rename the file at the source; clients of MLflow could not read it here",
    },
  );
}
