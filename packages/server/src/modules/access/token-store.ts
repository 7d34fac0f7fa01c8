import type { Ctx } from "../../db/context.ts";

export interface TokenFilter {
  /** Of these principals' own; "all" is everybody's. */
  readonly principalId: string | "all";
  /** Besides: those of service accounts of these projects. */
  readonly ofAccountsIn?: readonly string[];
  readonly projectId?: string | undefined;
  /** Also those that jobs of CI got for theirs. */
  readonly exchanged: boolean;
}

/** The newest 500 that fit; sessions, links and tokens of runs are no tokens that people see. */
export async function listTokens(ctx: Ctx, { principalId, ofAccountsIn = [], projectId, exchanged }: TokenFilter) {
  let query = tokenRecords(ctx);
  if (principalId !== "all")
    query = query.where((eb) =>
      eb.or([eb("t.principal_id", "=", principalId), eb("p.project_id", "in", [...ofAccountsIn, ""])]),
    );
  if (projectId !== undefined)
    query = query.where((eb) => eb.or([eb("t.project_id", "=", projectId), eb("p.project_id", "=", projectId)]));
  if (!exchanged) query = query.where("t.origin", "<>", "trust");
  return query.orderBy("t.created_at", "desc").limit(500).execute();
}

export type TokenRecord = Awaited<ReturnType<typeof listTokens>>[number];

export const findTokenRecord = (ctx: Ctx, tokenId: string) =>
  tokenRecords(ctx).where("t.id", "=", tokenId).executeTakeFirst();

/** Marks a token as replaced; false when it was replaced or revoked by then. It ends at `endsAt`, or when it would have. */
export async function replaceToken(
  ctx: Ctx,
  input: { readonly tokenId: string; readonly by: string; readonly endsAt: Date },
): Promise<boolean> {
  const row = await ctx.db
    .updateTable("tokens")
    .set((eb) => ({ replaced_by: input.by, expires_at: eb.fn<Date>("least", ["expires_at", eb.val(input.endsAt)]) }))
    .where("id", "=", input.tokenId)
    .where("replaced_by", "is", null)
    .where("revoked_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

const tokenRecords = (ctx: Ctx) =>
  ctx.db
    .selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .leftJoin("projects as j", "j.id", "t.project_id")
    .select([
      "t.id as id",
      "t.name as name",
      "t.hint as hint",
      "t.principal_id as principalId",
      "p.kind as principalKind",
      "p.name as principalName",
      "p.project_id as principalProjectId",
      "p.disabled_at as disabledAt",
      "t.project_id as projectId",
      "j.name as project",
      "t.scopes as scopes",
      "t.origin as origin",
      "t.created_at as createdAt",
      "t.expires_at as expiresAt",
      "t.last_used_at as lastUsedAt",
      "t.last_used_from as lastUsedFrom",
      "t.revoked_at as revokedAt",
      "t.replaced_by as replacedBy",
      "t.kind as kind",
    ])
    .where("t.kind", "in", ["api", "runner", "gateway"]);
