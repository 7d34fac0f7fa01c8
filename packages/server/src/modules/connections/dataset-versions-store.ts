import type { ConnectionType, DatasetVersion } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

export type NewDatasetVersion = Omit<DatasetVersion, "readAt"> & { readonly projectId: string };

export async function insertDatasetVersion(ctx: Ctx, dataset: NewDatasetVersion): Promise<void> {
  const { projectId, artifactId, columns, ...rest } = dataset;
  await ctx.db
    .insertInto("dataset_versions")
    .values({
      ...rest,
      id: newId(),
      project_id: projectId,
      artifact_id: artifactId,
      columns: json(columns),
      read_at: ctx.clock.now(),
    })
    .execute();
}

/** Of these artifacts those that were read through a connection, in the order in which they were read. */
export async function findDatasetVersions(ctx: Ctx, artifactIds: readonly string[]): Promise<DatasetVersion[]> {
  if (artifactIds.length === 0) return [];
  const rows = await ctx.db
    .selectFrom("dataset_versions")
    .select([
      ...(["step", "port", "artifact_id as artifactId", "digest", "connection", "type", "environment"] as const),
      ...(["query", "path", "version", "etag", "rows", "columns", "read_at as readAt", "run"] as const),
    ])
    .where("artifact_id", "=", sql<string>`any(${[...artifactIds]}::text[])`)
    .orderBy("read_at")
    .execute();
  return rows.map((row) => ({
    ...row,
    type: row.type as ConnectionType,
    rows: Number(row.rows),
    columns: row.columns as DatasetVersion["columns"],
    readAt: row.readAt.toISOString(),
  }));
}
