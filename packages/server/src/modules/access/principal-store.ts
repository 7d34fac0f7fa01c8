import type { PrincipalRef } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";

const principalColumns = [
  "id",
  "kind",
  "name",
  "email",
  "platform_admin as platformAdmin",
  "created_at as createdAt",
  "disabled_at as disabledAt",
  "project_id as projectId",
] as const;

const selectPrincipals = (ctx: Ctx) =>
  ctx.db
    .selectFrom("principals")
    .select(principalColumns)
    .select((eb) =>
      eb.selectFrom("principals as o").select("o.name").whereRef("o.id", "=", "principals.owner_id").as("owner"),
    );

export async function setOwner(ctx: Ctx, principalId: string, ownerId: string): Promise<void> {
  await ctx.db.updateTable("principals").set({ owner_id: ownerId }).where("id", "=", principalId).execute();
}

export async function findPrincipal(ctx: Ctx, idOrName: string) {
  return selectPrincipals(ctx)
    .where((eb) => eb.or([eb("id", "=", idOrName), eb.and([eb("name", "=", idOrName), eb("kind", "<>", "run")])]))
    .executeTakeFirst();
}

export async function listPrincipals(ctx: Ctx) {
  return selectPrincipals(ctx).where("kind", "<>", "run").orderBy("name").limit(1000).execute();
}

export async function insertPrincipal(
  ctx: Ctx,
  row: {
    id: string;
    kind: PrincipalRef["kind"];
    name: string;
    email: string | null;
    platformAdmin: boolean;
    ownerId: string | null;
    projectId: string | null;
  },
): Promise<boolean> {
  const inserted = await ctx.db
    .insertInto("principals")
    .values({
      id: row.id,
      kind: row.kind,
      name: row.name,
      email: row.email,
      platform_admin: row.platformAdmin,
      owner_id: row.ownerId,
      project_id: row.projectId,
      created_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function setDisabled(ctx: Ctx, id: string): Promise<void> {
  await ctx.db
    .updateTable("principals")
    .set({ disabled_at: ctx.clock.now() })
    .where("id", "=", id)
    .where("disabled_at", "is", null)
    .execute();
}

/** Ids of the platform admins who can sign in; nobody else counts or disables them until the transaction ends. */
export async function lockActiveAdmins(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("platform_admin", "=", true)
    .where("disabled_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id);
}

export async function countActiveUsers(ctx: Ctx): Promise<number> {
  const row = await ctx.db
    .selectFrom("principals")
    .select((eb) => eb.fn.countAll<number>().as("users"))
    .where("kind", "=", "user")
    .where("disabled_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.users);
}

/** Platform admins who can sign in. */
export async function listAdmins(ctx: Ctx) {
  return ctx.db
    .selectFrom("principals")
    .select(["id", "kind", "name"])
    .where("platform_admin", "=", true)
    .where("disabled_at", "is", null)
    .orderBy("name")
    .execute();
}

export async function findPrincipalRefs(ctx: Ctx, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return ctx.db
    .selectFrom("principals")
    .select(["id", "kind", "name"])
    .where("id", "in", [...ids])
    .execute();
}
