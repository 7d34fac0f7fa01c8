import { type EnvironmentSpec, environmentSpecSchema } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../../db/column-types.ts";
import type { Ctx } from "../../../db/context.ts";

export interface EnvironmentRow {
  readonly name: string;
  readonly spec: EnvironmentSpec;
  /** Its YAML, as it was given. */
  readonly source: string;
  /** Grows with every change; plans name the version they read. */
  readonly version: number;
  readonly updatedAt: Date;
}

/** With `hold` they do not change before the caller's transaction ends. */
export async function findEnvironments(
  ctx: Ctx,
  name?: string,
  { hold }: { readonly hold: boolean } = { hold: false },
): Promise<EnvironmentRow[]> {
  let query = ctx.db
    .selectFrom("environments")
    .select(["name", "spec", "source", "version", "updated_at as updatedAt"]);
  if (name !== undefined) query = query.where("name", "=", name);
  if (hold) query = query.forShare();
  const rows = await query.orderBy("name").execute();
  return rows.map((row) => ({ ...row, spec: environmentSpecSchema.parse(row.spec) }));
}

/** All of them; until the caller's transaction ends nobody else creates or changes one. Others may read. */
export async function lockEnvironments(ctx: Ctx): Promise<EnvironmentRow[]> {
  await sql`lock table environments in share row exclusive mode`.execute(ctx.db);
  return findEnvironments(ctx);
}

/** Creates the environment or gives it a new version. */
export async function saveEnvironment(ctx: Ctx, spec: EnvironmentSpec, source: string): Promise<void> {
  const change = { spec: json(spec), source, updated_at: ctx.clock.now(), updated_by: ctx.actor.principalId };
  await ctx.db
    .insertInto("environments")
    .values({ name: spec.name, ...change })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet({ ...change, version: sql`environments.version + 1` }),
    )
    .execute();
}

export async function deleteEnvironment(ctx: Ctx, name: string): Promise<void> {
  await ctx.db.deleteFrom("environments").where("name", "=", name).execute();
}
