import type { Readable } from "node:stream";
import type { RequestLog } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { ArtifactStores } from "../../artifacts/index.ts";
import type { DeploymentRow } from "../../serving/index.ts";

const listed = 500;

export async function listRequestLog(ctx: Ctx, deployment: DeploymentRow, retentionDays: number): Promise<RequestLog> {
  const rows = await ctx.db
    .selectFrom("request_log_files")
    .select(["id", "rows", "bytes", "from_at as from", "to_at as to"])
    .where("deployment_id", "=", deployment.id)
    .orderBy("to_at", "desc")
    .limit(listed)
    .execute();
  const waiting = await sql<{ rows: number | null }>`
    select sum(rows) as rows from request_log_spool where deployment_id = ${deployment.id}`.execute(ctx.db);
  return {
    files: rows.map(({ from, to, ...file }) => ({
      ...file,
      format: "parquet",
      from: from.toISOString(),
      to: to.toISOString(),
    })),
    waitingRows: waiting.rows[0]?.rows ?? 0,
    retentionDays,
  };
}

export async function openRequestLogFile(
  ctx: Ctx,
  stores: ArtifactStores,
  deployment: DeploymentRow,
  id: string,
): Promise<{ readonly file: { readonly id: string; readonly bytes: number }; readonly bytes: Readable }> {
  const file = await ctx.db
    .selectFrom("request_log_files")
    .select(["id", "store", "key", "bytes"])
    .where("deployment_id", "=", deployment.id)
    .where("id", "=", id)
    .executeTakeFirst();
  const bytes = file && (await stores.named(file.store).get(file.key));
  if (file && bytes) return { file, bytes };
  throw new PaveError("deployment.log_not_found", `The request log of ${deployment.name} has no file ${id}`, {
    fix: "List the files with `pave deployments log`; old ones are deleted.",
  });
}

/** The bytes first: a row without bytes is found again, bytes without a row would stay for ever. */
export async function pruneLogFiles(ctx: Ctx, stores: ArtifactStores, before: Date): Promise<void> {
  const rows = await ctx.db
    .selectFrom("request_log_files")
    .select(["id", "store", "key"])
    .where("to_at", "<", before)
    .execute();
  for (const { id, store, key } of rows) {
    await stores.named(store).delete(key);
    await ctx.db.deleteFrom("request_log_files").where("id", "=", id).execute();
  }
  await ctx.db.deleteFrom("request_log_spool").where("to_at", "<", before).execute();
}
