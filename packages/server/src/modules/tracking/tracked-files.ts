import type { FileEntry } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";

/*
 * Files that clients log, by root (a run or a logged model) and path. The bytes are blobs: a row says which, and the
 * same bytes logged by a thousand runs lie in the store once.
 */

export interface TrackedFile {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

export interface FolderEntry {
  /** One part of a path. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Of a file; null for a folder. */
  readonly size: number | null;
}

/** A file that is there is replaced. Throws where the path is a folder, or goes through a file. */
export async function putFile(ctx: Ctx, root: string, file: TrackedFile): Promise<void> {
  const above = file.path.split("/").slice(0, -1);
  const folders = above.map((_, index) => above.slice(0, index + 1).join("/"));
  const result = await sql`
    insert into tracked_files (root, path, digest, size, updated_at)
    select ${root}, ${file.path}, ${file.digest}, ${file.size}::bigint, ${ctx.clock.now()}
    where not exists (select from tracked_files where root = ${root} and (path = any(${folders}::text[]) or ${below(file.path)}))
    on conflict (root, path) do update
      set digest = excluded.digest, size = excluded.size, updated_at = excluded.updated_at
    returning path`.execute(ctx.db);
  if (result.rows.length > 0) return;
  throw new PaveError("request.invalid", `${file.path} cannot be a file and a folder at once`, {
    fix: "Log it under another path",
  });
}

/** Paths below a folder are one range: after `/` comes `0`. */
const below = (folder: string) =>
  folder === "" ? sql<boolean>`true` : sql<boolean>`(path > ${`${folder}/`} and path < ${`${folder}0`})`;

export async function findFile(ctx: Ctx, root: string, path: string): Promise<TrackedFile | undefined> {
  return ctx.db
    .selectFrom("tracked_files")
    .select(["path", "digest", "size"])
    .where("root", "=", root)
    .where("path", "=", path)
    .executeTakeFirst();
}

/** What lies in a folder; nothing for a file, or for what is not there. */
export async function listFolder(ctx: Ctx, root: string, folder: string): Promise<FolderEntry[]> {
  const skip = folder === "" ? 0 : folder.length + 1;
  const result = await sql<FolderEntry>`
    select name, bool_or(deep) as "isFolder", max(size) filter (where not deep) as size
    from (
      select split_part(substr(path, ${skip + 1}), '/', 1) as name, position('/' in substr(path, ${skip + 1})) > 0 as deep, size
      from tracked_files where root = ${root} and ${below(folder)}
    ) as entries
    group by name order by name collate "C"`.execute(ctx.db);
  return result.rows;
}

/** Every file below a folder with its path within it, as an artifact takes them. */
export async function filesBelow(ctx: Ctx, root: string, folder: string): Promise<FileEntry[]> {
  const result = await sql<TrackedFile>`
    select path, digest, size from tracked_files where root = ${root} and ${below(folder)} order by path`.execute(
    ctx.db,
  );
  const skip = folder === "" ? 0 : folder.length + 1;
  return result.rows.map(({ path, digest, size }) => ({ path: path.slice(skip), digest, size, executable: false }));
}

/** Deletes a file, or a folder with all that is in it. The bytes stay for whoever else has them. */
export async function deleteFiles(ctx: Ctx, root: string, path: string): Promise<void> {
  await sql`delete from tracked_files where root = ${root} and (path = ${path} or ${below(path)})`.execute(ctx.db);
}
