import type { Project, ProjectSummary, PythonEnvironment, Revision } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { principalRefs, readableProjects } from "../access/index.ts";
import type { Projects } from "./create-projects.ts";
import { healthOf, nextStep } from "./next-step.ts";
import { findProjects, type ProjectRow } from "./projects-store.ts";
import { findRevisionEnvironment } from "./python/ensure-python-environment.ts";
import type { PythonEnvironmentRow } from "./python/python-environments-store.ts";
import { findRevision, type RevisionListRow } from "./revisions/revisions-store.ts";
import { noFacts, type ProjectFacts, type RoadInput, roadOf } from "./road.ts";

/** Every project that the actor may read, newest change first: one query for them, one for what others know of them. */
export async function listProjects(ctx: Ctx, { options }: Pick<Projects, "options">): Promise<ProjectSummary[]> {
  const readable = await readableProjects(ctx);
  const rows = await findProjects(ctx, readable === "all" ? "all" : { ids: readable });
  const facts =
    rows.length === 0
      ? new Map<string, ProjectFacts>()
      : await options.facts(
          ctx,
          rows.map((row) => row.id),
        );
  return rows.map((row) => toSummary(row, facts.get(row.id) ?? noFacts));
}

export async function showProject(ctx: Ctx, { options }: Pick<Projects, "options">, name: string): Promise<Project> {
  const [row] = await findProjects(ctx, { name });
  if (!row)
    throw new PaveError("project.not_found", `There is no project ${name}`, {
      fix: "List yours with `pave projects list`",
    });
  const facts = (await options.facts(ctx, [row.id])).get(row.id) ?? noFacts;
  const revision = await findRevision(ctx, row.id, "latest");
  const python = revision && (await findRevisionEnvironment(ctx, revision));
  const input: RoadInput = {
    project: row.name,
    createdAt: row.createdAt,
    template: row.template,
    revision: revision
      ? {
          number: revision.number,
          at: revision.createdAt,
          isValid: revision.spec !== null,
          declaresPython: revision.spec?.python !== undefined,
        }
      : null,
    python: python
      ? {
          state: python.state,
          interpreter: python.interpreter,
          packages: python.packages.length,
          error: python.error,
          at: python.createdAt,
        }
      : null,
    facts,
  };
  const road = roadOf(input);
  return {
    ...toSummary(row, facts),
    template: row.template
      ? { name: row.template.name, version: row.template.version, rendering: row.template.rendering }
      : null,
    latestRevision: revision
      ? { id: revision.id, digest: revision.digest, createdAt: revision.createdAt.toISOString() }
      : null,
    pipelines: Object.keys(revision?.spec?.pipelines ?? {}),
    road,
    waiting: await options.waiting(ctx, row.id),
    next: nextStep(input, road),
  };
}

const toSummary = (row: ProjectRow, facts: ProjectFacts): ProjectSummary => ({
  id: row.id,
  name: row.name,
  title: row.title,
  description: row.description,
  owner: row.owner,
  tier: row.tier,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  health: healthOf(facts),
  lastRun: facts.lastRun
    ? { number: facts.lastRun.number, state: facts.lastRun.state, at: facts.lastRun.at.toISOString() }
    : null,
  deployments: facts.deployments.map(({ environment, name, modelVersion }) => ({ environment, name, modelVersion })),
  openPlans: facts.openPlans.length,
});

export async function toRevisions(ctx: Ctx, rows: readonly RevisionListRow[]): Promise<Revision[]> {
  const people = await principalRefs(
    ctx,
    rows.map((row) => row.createdBy),
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    digest: row.digest,
    message: row.message,
    git: row.git,
    createdAt: row.createdAt.toISOString(),
    createdBy: people.get(row.createdBy) ?? { id: row.createdBy, kind: "user", name: row.createdBy },
    files: row.fileCount,
    bytes: row.bytes,
  }));
}

export const toPythonEnvironment = (row: PythonEnvironmentRow): PythonEnvironment => ({
  id: row.id,
  digest: row.digest,
  state: row.state,
  lockDigest: row.lockDigest,
  interpreter: row.interpreter,
  platform: row.platform,
  tool: row.tool,
  packages: [...row.packages],
  path: row.path,
  error: row.error,
  log: row.log,
  seconds: row.seconds,
  createdAt: row.createdAt.toISOString(),
});
