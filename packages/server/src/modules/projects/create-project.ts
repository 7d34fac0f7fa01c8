import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { defaultOwner, ensurePrincipal, getTeam, platformTeam, setProjectRole } from "../access/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findProjects, insertProject, type ProjectRow } from "./projects-store.ts";
import { renderPristine, storeRendering } from "./templates/render-project.ts";
import { findTemplate, type LibraryTemplate } from "./templates/template-library.ts";

export interface CreateProjectDeps {
  readonly artifacts: Artifacts;
  readonly templates: readonly LibraryTemplate[];
  /** Told in the transaction that creates the project, for example to make its experiment. */
  readonly onProjectCreated: (ctx: Ctx, project: { readonly id: string; readonly name: string }) => Promise<void>;
}

export interface NewProject {
  readonly name: string;
  readonly title?: string | undefined;
  readonly owner?: string | undefined;
  readonly tier?: ProjectRow["tier"] | undefined;
  readonly template?:
    | { readonly name: string; readonly version: string; readonly answers: Readonly<Record<string, unknown>> }
    | undefined;
}

/** Creates a project: its creator becomes its admin, the owning team its developers. */
export async function createProject(ctx: Ctx, deps: CreateProjectDeps, input: NewProject): Promise<ProjectRow> {
  const taken = new PaveError("project.exists", `There is already a project named ${input.name}`, {
    fix: "Choose another name, or push to that project",
  });
  if ((await findProjects(ctx, { name: input.name })).length > 0) throw taken;
  const rendering =
    input.template &&
    (await renderPristine(findTemplate(deps.templates, input.template.name, input.template.version), {
      ...input.template.answers,
      name: input.name,
    }));
  if (rendering) await storeRendering(ctx, deps.artifacts, rendering);

  const project = await inTransaction(ctx, async (ctx) => {
    const owner = await owningTeam(ctx, input.owner ?? text(rendering?.answers.owner));
    const now = ctx.clock.now();
    const row: ProjectRow = {
      id: newId(),
      name: input.name,
      title: input.title ?? (text(rendering?.answers.title) || input.name),
      description: text(rendering?.answers.description) ?? "",
      owner: owner.name,
      tier: input.tier ?? tierOf(rendering?.answers.tier),
      template: rendering
        ? {
            name: rendering.template.name,
            version: rendering.template.version,
            answers: rendering.answers,
            rendering: rendering.tree.digest,
          }
        : null,
      createdAt: now,
      createdBy: ctx.actor.principalId,
      updatedAt: now,
    };
    if (!(await insertProject(ctx, row))) throw taken;
    await recordEvent(ctx, {
      type: "project.created",
      subjectType: "project",
      subjectId: row.id,
      projectId: row.id,
      teamId: owner.id,
      template: row.template ? `${row.template.name}@${row.template.version}` : null,
      data: { name: row.name, owner: row.owner, tier: row.tier, rendering: row.template?.rendering ?? null },
    });
    await setProjectRole(ctx, { projectId: row.id, principalId: owner.id, role: "developer" });
    if (ctx.actor.grant !== "unlimited")
      await setProjectRole(ctx, { projectId: row.id, principalId: ctx.actor.principalId, role: "admin" });
    await deps.onProjectCreated(ctx, { id: row.id, name: row.name });
    return row;
  });
  ctx.hint(topics.home, topics.project(project.name));
  return project;
}

/** The team a project shall belong to, which has to be there; the platform's own is made when it is first needed. */
async function owningTeam(ctx: Ctx, named: string | undefined): Promise<{ id: string; name: string }> {
  const name = named ?? (await defaultOwner(ctx));
  if (name === platformTeam) await ensurePrincipal(ctx, { kind: "team", name });
  return getTeam(ctx, name);
}

/** Throws where a project could not have this owner. */
export async function assertOwner(ctx: Ctx, name: string): Promise<void> {
  if (name !== platformTeam) await getTeam(ctx, name);
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const tierOf = (value: unknown): ProjectRow["tier"] =>
  value === "internal" || value === "critical" ? value : "experimental";
