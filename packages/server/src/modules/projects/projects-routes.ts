import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { requireBlob, sendBlob } from "../artifacts/index.ts";
import { changeTier } from "./change-tier.ts";
import type { CheckResult } from "./check/check-project.ts";
import type { Projects } from "./create-projects.ts";
import { getPythonEnvironment } from "./python/ensure-python-environment.ts";
import { projectHasLock } from "./python/python-environments-store.ts";
import { getRevision, requireFile } from "./revisions/get-revision.ts";
import { listRevisions, type RevisionListRow } from "./revisions/revisions-store.ts";
import { setOwner } from "./set-owner.ts";
import { listProjects, showProject, toPythonEnvironment, toRevisions } from "./show-project.ts";
import { type StartProjectDeps, startProject } from "./start-project.ts";
import { toTemplateSummary } from "./templates/template-library.ts";

export function projectsRoutes(projects: Projects): Handlers {
  return {
    ...templateRoutes(projects),
    ...projectRoutes(projects),
    ...revisionRoutes(projects),
    ...pythonRoutes(projects),
  };
}

const templateRoutes = (projects: Projects): Handlers => ({
  async listTemplates() {
    return { items: projects.templates.map(toTemplateSummary) };
  },
  renderTemplate: (ctx, { body }) => projects.renderTemplate(ctx, body),
  async profileData(ctx, { body }, io) {
    return { profile: await projects.profileData(ctx, body, io.signal) };
  },
});

/** For a project that is made in one call; `startRun` belongs to a module above. */
export const startProjectRoutes = (projects: Projects, deps: StartProjectDeps): Handlers => ({
  async startProject(ctx, { params, body }) {
    const started = await startProject(ctx, projects, deps, { ...body, template: params.template });
    return {
      project: started.project.name,
      revision: await shown(ctx, started.revision),
      run: started.run,
      runProblem: started.runProblem,
      warnings: [...started.warnings],
    };
  },
});

const projectRoutes = (projects: Projects): Handlers => ({
  async listProjects(ctx) {
    return { items: await listProjects(ctx, projects) };
  },
  async createProject(ctx, { body }) {
    const project = await projects.createProject(ctx, body);
    return showProject(ctx, projects, project.name);
  },
  getProject: (ctx, { params }) => showProject(ctx, projects, params.project),
  async setProjectTier(ctx, { params, body }) {
    await changeTier(ctx, await resolveProject(ctx, params.project), body.tier);
    return showProject(ctx, projects, params.project);
  },
  async setProjectOwner(ctx, { params, body }) {
    await setOwner(ctx, await resolveProject(ctx, params.project), body.owner);
    return showProject(ctx, projects, params.project);
  },
});

const revisionRoutes = (projects: Projects): Handlers => ({
  async pushRevision(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { revision, missing, warnings } = await projects.pushRevision(ctx, { project, ...body });
    return { revision: revision && (await shown(ctx, revision)), missing, warnings };
  },
  async listRevisions(ctx, { params, query }) {
    const project = await resolveProject(ctx, params.project);
    const before = query.before === undefined ? undefined : Number(query.before) || 0;
    const rows = await listRevisions(ctx, project.id, { limit: query.limit + 1, before });
    const page = rows.slice(0, query.limit);
    return {
      items: await toRevisions(ctx, page),
      next: rows.length > query.limit ? String(page.at(-1)?.number) : null,
    };
  },
  async getRevision(ctx, { params }) {
    const revision = await ofProject(ctx, params);
    return { ...(await shown(ctx, revision)), fileList: [...revision.files], spec: revision.spec };
  },
  async getRevisionFile(ctx, { params, query }, io) {
    const file = requireFile(await ofProject(ctx, params), query.path);
    await sendBlob(ctx, projects.options.artifacts, io, await requireBlob(ctx, file.digest), file.path);
    return undefined;
  },
  async validateRevision(ctx, { params }) {
    return toValidation(await projects.checkProject(ctx, await ofProject(ctx, params)));
  },
  async validateFiles(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { missing, validation } = await projects.validateFiles(ctx, { project, ...body });
    return { missing, validation: validation && toValidation(validation) };
  },
  lockRevision: async (ctx, { params }) => projects.lockRevision(ctx, await ofProject(ctx, params)),
});

const pythonRoutes = (projects: Projects): Handlers => ({
  async syncPython(ctx, { params, body }) {
    const revision = await ofProject(ctx, { project: params.project, revision: body.revision ?? "latest" });
    const environment = await projects.ensurePythonEnvironment(ctx, revision);
    if (environment) return toPythonEnvironment(environment);
    throw new PaveError("spec.invalid", "pave.yaml declares no Python lock", {
      fix: 'Add `python: { requires: ">=3.11", lock: requirements.lock }`; a project without one has Python\'s own library only, and no environment to make',
    });
  },
  async getPython(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const environment = await getPythonEnvironment(ctx, params.environment);
    if (await projectHasLock(ctx, project.id, environment.lockDigest)) return toPythonEnvironment(environment);
    throw new PaveError("python.not_found", `There is no Python environment ${params.environment} in this project`, {
      fix: "Make one with `pave sync`",
    });
  },
});

const toValidation = ({ ok, problems, warnings }: CheckResult) => ({
  ok,
  problems: [...problems],
  warnings: [...warnings],
});

async function ofProject(ctx: Ctx, params: { project: string; revision: string }) {
  const project = await resolveProject(ctx, params.project);
  return getRevision(ctx, project.id, params.revision);
}

const shown = async (ctx: Ctx, revision: RevisionListRow) =>
  must((await toRevisions(ctx, [revision]))[0], "the revision");
