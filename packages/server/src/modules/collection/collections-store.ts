import type { Collection, CollectionFindings, CollectionRemoved } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

const columns = [
  "id",
  "kind",
  "state",
  "requested_by",
  "progress",
  "found",
  "removed",
  "error",
  "created_at",
  "started_at",
  "finished_at",
] as const;

const listed = 100;

export async function listCollections(ctx: Ctx): Promise<Collection[]> {
  const rows = await ctx.db
    .selectFrom("collections")
    .select(columns)
    .orderBy("created_at", "desc")
    .limit(listed)
    .execute();
  return rows.map(toCollection);
}

export async function findCollection(ctx: Ctx, id: string): Promise<Collection | undefined> {
  const row = await ctx.db.selectFrom("collections").select(columns).where("id", "=", id).executeTakeFirst();
  return row && toCollection(row);
}

/** The one under way, or else the one that was asked for first. */
export async function nextCollection(ctx: Ctx): Promise<Collection | undefined> {
  const row = await ctx.db
    .selectFrom("collections")
    .select(columns)
    .where("state", "in", ["running", "requested"])
    .orderBy("state", "desc")
    .orderBy("created_at")
    .limit(1)
    .executeTakeFirst();
  return row && toCollection(row);
}

export async function lastScheduled(ctx: Ctx): Promise<Date | undefined> {
  const row = await ctx.db
    .selectFrom("collections")
    .select("created_at")
    .where("kind", "=", "scheduled")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}

export async function insertCollection(
  ctx: Ctx,
  { kind, requestedBy }: { readonly kind: Collection["kind"]; readonly requestedBy: string | null },
): Promise<Collection> {
  const row = await ctx.db
    .insertInto("collections")
    .values({ id: newId(), kind, state: "requested", requested_by: requestedBy, created_at: ctx.clock.now() })
    .returning(columns)
    .executeTakeFirstOrThrow();
  return toCollection(row);
}

export interface CollectionChange {
  readonly state?: Collection["state"];
  readonly progress?: string | null;
  readonly found?: CollectionFindings;
  readonly removed?: CollectionRemoved;
  readonly error?: Collection["error"];
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

export async function changeCollection(ctx: Ctx, id: string, change: CollectionChange): Promise<void> {
  const { state, progress, found, removed, error, startedAt, finishedAt } = change;
  await ctx.db
    .updateTable("collections")
    .set({
      ...(state === undefined ? {} : { state }),
      ...(progress === undefined ? {} : { progress }),
      ...(found === undefined ? {} : { found: json(found) }),
      ...(removed === undefined ? {} : { removed: json(removed) }),
      ...(error === undefined ? {} : { error: error === null ? null : json(error) }),
      ...(startedAt === undefined ? {} : { started_at: startedAt }),
      ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    })
    .where("id", "=", id)
    .execute();
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly requested_by: string | null;
  readonly progress: string | null;
  readonly found: unknown;
  readonly removed: unknown;
  readonly error: unknown;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

const toCollection = (row: Row): Collection => ({
  id: row.id,
  kind: row.kind as Collection["kind"],
  state: row.state as Collection["state"],
  requestedBy: row.requested_by,
  progress: row.progress,
  found: row.found as CollectionFindings | null,
  removed: row.removed as CollectionRemoved | null,
  error: row.error as Collection["error"],
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});
