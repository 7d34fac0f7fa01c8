import type { RenderedProject, Waiting } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Jobs, WorkHandler } from "../../jobs/index.ts";
import { must } from "../../kernel/pave-error.ts";
import { defaultOwner } from "../access/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { Components } from "../components/index.ts";
import type { KnownNames } from "./check/bind-env.ts";
import { type CheckDeps, type CheckResult, checkProject } from "./check/check-project.ts";
import type { GateCheck } from "./check/check-references.ts";
import { lockPath, lockText, makeLock } from "./check/pave-lock.ts";
import type { Vars } from "./check/substitute-vars.ts";
import { assertOwner, createProject, type NewProject } from "./create-project.ts";
import { type ProfileRequest, profileData, profileWork, profileWorkOwner } from "./profiles/profile-data.ts";
import { findProjectById, type ProjectRow } from "./projects-store.ts";
import { ensurePythonEnvironment, pythonWorkOwner } from "./python/ensure-python-environment.ts";
import { pythonEnvironmentWork } from "./python/python-environment-work.ts";
import type { PythonEnvironmentRow } from "./python/python-environments-store.ts";
import { ensureRevision } from "./revisions/ensure-revision.ts";
import { findFile, readRevisionFile } from "./revisions/get-revision.ts";
import {
  checkedTree,
  defaultPushLimits,
  missingContents,
  type PushLimits,
  type PushRevision,
  pushRevision,
} from "./revisions/push-revision.ts";
import type { RevisionRow } from "./revisions/revisions-store.ts";
import type { ProjectFacts } from "./road.ts";
import { specInvalid } from "./spec-invalid.ts";
import { renderProject } from "./templates/render-project.ts";
import { findTemplate, type LibraryTemplate, readTemplateLibrary } from "./templates/template-library.ts";

export interface ProjectsOptions {
  readonly artifacts: Artifacts;
  readonly components: Components;
  readonly jobs: Pick<Jobs, "on" | "requestCancel">;
  readonly templatesFolder: string;
  /** Type-checks an expression of a gate against the evidence of a release. */
  readonly checkGate: GateCheck;
  /** Names that a step's `compute` may have. */
  readonly computes?: readonly string[];
  readonly pushLimits?: PushLimits;
  /** What modules above know of these projects. */
  readonly facts: (ctx: Ctx, projectIds: readonly string[]) => Promise<ReadonlyMap<string, ProjectFacts>>;
  /** What waits for a person in this project. */
  readonly waiting: (ctx: Ctx, projectId: string) => Promise<Waiting[]>;
  /** Secrets and connections of a project, which its spec may name. */
  readonly namesOf?: (ctx: Ctx, projectId: string) => Promise<Omit<KnownNames, "environment">>;
  /** In the transaction that creates a project. */
  readonly onProjectCreated?: (ctx: Ctx, project: { readonly id: string; readonly name: string }) => Promise<void>;
  /** In the transaction that ends the building of an environment, well or not. */
  readonly onPythonEnvironmentFinished?: (ctx: Ctx, environmentId: string) => Promise<void>;
}

export interface Projects {
  readonly options: ProjectsOptions;
  readonly templates: readonly LibraryTemplate[];
  createProject(ctx: Ctx, input: NewProject): Promise<ProjectRow>;
  pushRevision(
    ctx: Ctx,
    input: PushRevision,
  ): Promise<{ revision: RevisionRow | null; missing: string[]; warnings: string[] }>;
  ensureRevision(ctx: Ctx, project: PushRevision["project"]): Promise<void>;
  readRevisionFile(ctx: Ctx, revision: Pick<RevisionRow, "files">, path: string): Promise<Buffer>;
  /** Checks files that are no revision, once all their contents are there; keeps nothing. */
  validateFiles(
    ctx: Ctx,
    input: Pick<PushRevision, "project" | "files">,
  ): Promise<{ missing: string[]; validation: CheckResult | null }>;
  /**
   * The whole check; `vars` are those of an environment or a run, `environment` is the run's (null: of none). Before
   * there is a run, secrets and connections of any environment will do.
   */
  checkProject(
    ctx: Ctx,
    revision: Pick<RevisionRow, "projectId" | "files">,
    vars?: Vars,
    environment?: string | null,
  ): Promise<CheckResult>;
  /** The pave.lock that fits the revision. Throws `spec.invalid` where its components cannot be resolved. */
  lockRevision(ctx: Ctx, revision: RevisionRow): Promise<{ path: string; content: string; changed: boolean }>;
  ensurePythonEnvironment(
    ctx: Ctx,
    revision: Pick<RevisionRow, "id" | "projectId" | "files"> & { readonly spec?: RevisionRow["spec"] },
  ): Promise<PythonEnvironmentRow | null>;
  renderTemplate(
    ctx: Ctx,
    input: { name: string; template: string; answers: Readonly<Record<string, unknown>>; profile?: unknown },
  ): Promise<RenderedProject>;
  profileData(ctx: Ctx, request: ProfileRequest, signal?: AbortSignal): Promise<unknown>;
}

/** Projects with all that they need of others. Registers what happens to the work that they give to runners. */
export async function createProjects(options: ProjectsOptions): Promise<Projects> {
  const { artifacts, components, jobs } = options;
  const templates = await readTemplateLibrary(options.templatesFolder);
  const checkDeps: CheckDeps = {
    artifacts,
    components,
    checkGate: options.checkGate,
    computes: options.computes ?? ["local"],
  };
  const profileDeps = { artifacts, components, jobs };
  const onFinished = options.onPythonEnvironmentFinished ?? (async () => undefined);
  jobs.on(pythonWorkOwner, pythonEnvironmentWork(onFinished));
  jobs.on(profileWorkOwner, profileWork(profileDeps) satisfies WorkHandler);

  const namesOf = options.namesOf ?? (async () => ({ secrets: [], connections: [] }));
  const check: Projects["checkProject"] = async (ctx, revision, vars = {}, environment) => {
    const project = must(await findProjectById(ctx, revision.projectId), "the revision's project");
    const known = { ...(await namesOf(ctx, revision.projectId)), environment };
    return checkProject(ctx, checkDeps, { files: revision.files, vars, project, known });
  };

  return {
    options,
    templates,
    createProject: (ctx, input) =>
      createProject(
        ctx,
        { artifacts, templates, onProjectCreated: options.onProjectCreated ?? (async () => undefined) },
        input,
      ),
    pushRevision: (ctx, input) => pushRevision(ctx, artifacts, input, options.pushLimits ?? defaultPushLimits),
    ensureRevision: (ctx, project) => ensureRevision(ctx, artifacts, project),
    async validateFiles(ctx, { project, files }) {
      const tree = checkedTree(files, options.pushLimits ?? defaultPushLimits);
      const missing = await missingContents(ctx, artifacts, project.id, tree);
      if (missing.length > 0) return { missing, validation: null };
      return { missing, validation: await check(ctx, { projectId: project.id, files: tree.files }) };
    },
    readRevisionFile: (ctx, revision, path) => readRevisionFile(ctx, artifacts, revision, path),
    checkProject: check,
    async lockRevision(ctx, revision) {
      const { spec, components: resolved, problems } = await check(ctx, revision);
      const others = problems.filter((problem) => problem.path !== lockPath);
      if (!spec || others.length > 0) throw specInvalid(others);
      const { template } = must(await findProjectById(ctx, revision.projectId), "the revision's project");
      const pythonDigest = spec.python && findFile(revision, spec.python.lock)?.digest;
      const content = lockText(makeLock({ spec, components: resolved, template, pythonDigest }));
      const before =
        findFile(revision, lockPath) && (await readRevisionFile(ctx, artifacts, revision, lockPath)).toString("utf8");
      return { path: lockPath, content, changed: content !== before };
    },
    async ensurePythonEnvironment(ctx, revision) {
      const spec = revision.spec === undefined ? (await check(ctx, revision)).spec : revision.spec;
      return ensurePythonEnvironment(ctx, artifacts, { ...revision, spec });
    },
    async renderTemplate(ctx, { name, template: templateName, answers, profile }) {
      const template = findTemplate(templates, templateName);
      const asksOwner = template.questions.some((question) => question.name === "owner");
      const isOpen = answers.owner === undefined || answers.owner === "";
      const owner = asksOwner && isOpen ? { owner: await defaultOwner(ctx) } : {};
      if (asksOwner && typeof answers.owner === "string" && !isOpen) await assertOwner(ctx, answers.owner);
      return renderProject(ctx, components, { template, name, answers: { ...answers, ...owner }, profile });
    },
    profileData: (ctx, request, signal) => profileData(ctx, profileDeps, request, signal),
  };
}
