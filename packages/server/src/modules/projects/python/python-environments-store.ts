import type { PythonRequest } from "@pave/contract";
import { sql } from "kysely";
import { type JsonInput, json } from "../../../db/column-types.ts";
import type { Ctx } from "../../../db/context.ts";

type PythonEnvironmentState = "queued" | "building" | "ready" | "failed";

export interface PythonEnvironmentRow {
  readonly id: string;
  /** Of what was asked for: lock and Python version. */
  readonly requestDigest: string;
  readonly lockDigest: string;
  readonly request: PythonRequest;
  /** Of what was installed; null until it is ready. */
  readonly digest: string | null;
  readonly state: PythonEnvironmentState;
  readonly interpreter: string | null;
  readonly platform: string | null;
  readonly tool: "uv" | "pip" | null;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly path: string | null;
  readonly error: string | null;
  readonly log: string;
  readonly seconds: number | null;
  readonly createdAt: Date;
}

const columns = [
  "id",
  "request_digest as requestDigest",
  "lock_digest as lockDigest",
  "request",
  "digest",
  "state",
  "interpreter",
  "platform",
  "tool",
  "packages",
  "path",
  "error",
  "log",
  "seconds",
  "created_at as createdAt",
] as const;

export async function findPythonEnvironment(ctx: Ctx, id: string): Promise<PythonEnvironmentRow | undefined> {
  return (await ctx.db.selectFrom("python_environments").select(columns).where("id", "=", id).executeTakeFirst()) as
    | PythonEnvironmentRow
    | undefined;
}

/** The environment for a request that is ready or on its way; failed ones do not count. */
export async function findLiveEnvironment(ctx: Ctx, requestDigest: string): Promise<PythonEnvironmentRow | undefined> {
  const row = await ctx.db
    .selectFrom("python_environments")
    .select(columns)
    .where("request_digest", "=", requestDigest)
    .where("state", "<>", "failed")
    .executeTakeFirst();
  return row as PythonEnvironmentRow | undefined;
}

/** The newest environment for a request, whatever became of it. */
export async function findLatestEnvironment(
  ctx: Ctx,
  requestDigest: string,
): Promise<PythonEnvironmentRow | undefined> {
  const row = await ctx.db
    .selectFrom("python_environments")
    .select(columns)
    .where("request_digest", "=", requestDigest)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row as PythonEnvironmentRow | undefined;
}

/** False when somebody else asked for the same at the same time. */
export async function insertPythonEnvironment(
  ctx: Ctx,
  row: { id: string; requestDigest: string; request: PythonRequest },
): Promise<boolean> {
  const inserted = await ctx.db
    .insertInto("python_environments")
    .values({
      id: row.id,
      request_digest: row.requestDigest,
      lock_digest: row.request.lockDigest,
      request: json(row.request),
      state: "queued",
      created_at: ctx.clock.now(),
    })
    .onConflict((conflict) =>
      conflict.column("request_digest").where("state", "in", ["queued", "building", "ready"]).doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function setWork(ctx: Ctx, id: string, workId: string): Promise<void> {
  await ctx.db.updateTable("python_environments").set({ work_id: workId }).where("id", "=", id).execute();
}

export async function setBuilding(ctx: Ctx, id: string): Promise<void> {
  await ctx.db
    .updateTable("python_environments")
    .set({ state: "building" })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

/** Appends text that starts at `offset` bytes; what is there already changes nothing. Gives the log's length in bytes. */
export async function appendLog(ctx: Ctx, id: string, offset: number, text: string): Promise<number> {
  const row = await ctx.db
    .updateTable("python_environments")
    .set({ log: sql`case when octet_length(log) = ${offset} then log || ${text} else log end` })
    .where("id", "=", id)
    .returning(sql<number>`octet_length(log)`.as("length"))
    .executeTakeFirst();
  return row?.length ?? 0;
}

export type BuiltEnvironment = Pick<
  PythonEnvironmentRow,
  "interpreter" | "platform" | "path" | "seconds" | "packages"
> & { readonly digest: string; readonly tool: "uv" | "pip"; readonly lock?: string | undefined };

export async function finishPythonEnvironment(
  ctx: Ctx,
  id: string,
  result: BuiltEnvironment | { readonly error: string },
): Promise<void> {
  const finished = { finished_at: ctx.clock.now() };
  const change =
    "error" in result
      ? { ...finished, state: "failed" as const, error: result.error }
      : {
          ...finished,
          state: "ready" as const,
          digest: result.digest,
          interpreter: result.interpreter,
          platform: result.platform,
          tool: result.tool,
          path: result.path,
          seconds: result.seconds,
          packages: json(result.packages),
          // from here on these requirements mean the packages that were found now
          ...(result.lock === undefined
            ? {}
            : { request: sql<JsonInput>`request || ${json({ lock: result.lock, pinned: true })}` }),
        };
  await ctx.db.updateTable("python_environments").set(change).where("id", "=", id).execute();
}

/** A project may see the environments of the locks that it has. */
export async function projectHasLock(ctx: Ctx, projectId: string, lockDigest: string): Promise<boolean> {
  const pattern = JSON.stringify([{ digest: lockDigest }]);
  const row = await ctx.db
    .selectFrom("revisions")
    .select("id")
    .where("project_id", "=", projectId)
    .where(sql<boolean>`files @> ${pattern}::jsonb`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
