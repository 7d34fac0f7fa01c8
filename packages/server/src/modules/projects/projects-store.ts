import { type ProjectSpec, stricterTier, type Tier } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly owner: string;
  readonly tier: Tier;
  readonly template: {
    readonly name: string;
    readonly version: string;
    readonly answers: Readonly<Record<string, unknown>>;
    readonly rendering: string;
  } | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
}

const columns = [
  "id",
  "name",
  "title",
  "description",
  "owner",
  "tier",
  "template_name",
  "template_version",
  "template_answers",
  "rendering_digest",
  "created_at",
  "created_by",
  "updated_at",
] as const;

export async function findProjects(
  ctx: Ctx,
  filter: { readonly name: string } | { readonly ids: readonly string[] } | "all",
): Promise<ProjectRow[]> {
  let query = ctx.db.selectFrom("projects").select(columns);
  if (filter !== "all" && "name" in filter) query = query.where("name", "=", filter.name);
  else if (filter !== "all") {
    if (filter.ids.length === 0) return [];
    query = query.where("id", "in", [...filter.ids]);
  }
  const rows = await query.orderBy("updated_at", "desc").limit(1000).execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    title: row.title,
    description: row.description,
    owner: row.owner,
    tier: row.tier as ProjectRow["tier"],
    template:
      row.template_name === null || row.template_version === null || row.rendering_digest === null
        ? null
        : {
            name: row.template_name,
            version: row.template_version,
            answers: (row.template_answers ?? {}) as Record<string, unknown>,
            rendering: row.rendering_digest,
          },
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
  }));
}

export async function findProjectById(ctx: Ctx, id: string): Promise<ProjectRow | undefined> {
  return (await findProjects(ctx, { ids: [id] }))[0];
}

/** False when the name is taken. */
export async function insertProject(ctx: Ctx, row: ProjectRow): Promise<boolean> {
  const inserted = await ctx.db
    .insertInto("projects")
    .values({
      id: row.id,
      name: row.name,
      title: row.title,
      description: row.description,
      owner: row.owner,
      tier: row.tier,
      template_name: row.template?.name ?? null,
      template_version: row.template?.version ?? null,
      template_answers: row.template ? json(row.template.answers) : null,
      rendering_digest: row.template?.rendering ?? null,
      created_at: row.createdAt,
      created_by: row.createdBy,
      updated_at: row.updatedAt,
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * What pave.yaml says about the project as a whole. Its owner changes on the platform, not by a push, and a push only
 * raises its tier: gates may ask for it, and nobody gets past them by a line of one's own file.
 */
export async function describeProject(ctx: Ctx, projectId: string, spec: ProjectSpec): Promise<void> {
  const { tier } = await ctx.db
    .selectFrom("projects")
    .select("tier")
    .where("id", "=", projectId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await ctx.db
    .updateTable("projects")
    .set({
      ...(spec.title === undefined ? {} : { title: spec.title }),
      ...(spec.description === undefined ? {} : { description: spec.description }),
      tier: stricterTier(tier as Tier, spec.tier),
    })
    .where("id", "=", projectId)
    .execute();
}

export async function setOwner(ctx: Ctx, projectId: string, owner: string): Promise<void> {
  await ctx.db
    .updateTable("projects")
    .set({ owner, updated_at: ctx.clock.now() })
    .where("id", "=", projectId)
    .execute();
}

export async function setTier(ctx: Ctx, projectId: string, tier: Tier): Promise<void> {
  await ctx.db.updateTable("projects").set({ tier }).where("id", "=", projectId).execute();
}
