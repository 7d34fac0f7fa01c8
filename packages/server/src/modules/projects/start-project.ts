import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { isPaveError, must } from "../../kernel/pave-error.ts";
import { assertWithinToken } from "../access/index.ts";
import { type Artifacts, holdBlobs } from "../artifacts/index.ts";
import type { Projects } from "./create-projects.ts";
import { plainName, uploadedBlob } from "./profiles/uploaded-table.ts";
import type { ProjectRow } from "./projects-store.ts";
import type { RevisionRow } from "./revisions/revisions-store.ts";

export interface StartProject {
  readonly name: string;
  readonly template: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly profile?: unknown;
  /** A table that the actor has uploaded; it becomes a file of the project. */
  readonly data?: { readonly digest: string; readonly filename: string } | undefined;
  /** Start the pipeline as well. */
  readonly run: boolean;
}

export interface StartedProject {
  readonly project: ProjectRow;
  readonly revision: RevisionRow;
  readonly run: { readonly number: number } | null;
  /** Why the run could not be started; the project is there all the same. */
  readonly runProblem: string | null;
  readonly warnings: readonly string[];
}

export interface StartProjectDeps {
  readonly artifacts: Artifacts;
  startRun(
    ctx: Ctx,
    input: { readonly project: ProjectRow; readonly revisionId: string; readonly pipeline: string },
  ): Promise<{ readonly number: number }>;
}

/**
 * What `pave new` does in a folder, for those who have none: renders the template, creates the project, keeps the files
 * with the table as its first revision, and starts the first run. What the template refuses is refused before there is a
 * project.
 */
export async function startProject(
  ctx: Ctx,
  projects: Pick<Projects, "renderTemplate" | "createProject" | "pushRevision">,
  deps: StartProjectDeps,
  input: StartProject,
): Promise<StartedProject> {
  for (const permission of ["revision.push", ...(input.run ? ["run.start" as const] : [])] as const)
    assertWithinToken(ctx, permission);
  const table = input.data && (await tableOf(ctx, input.data));
  const rendered = await projects.renderTemplate(ctx, {
    name: input.name,
    template: input.template,
    answers: { ...input.answers, ...(table ? { data: table.path } : {}) },
    profile: input.profile,
  });
  const files = await Promise.all(
    rendered.files.map(async ({ path, contentBase64, executable }): Promise<FileEntry> => {
      const { digest, size } = await deps.artifacts.storeBytes(ctx, Buffer.from(contentBase64, "base64"));
      return { path, digest, size, executable };
    }),
  );
  await holdBlobs(
    ctx,
    ctx.actor.principalId,
    files.map(({ digest }) => digest),
  );
  const { owner } = rendered.answers;
  const project = await projects.createProject(ctx, {
    name: input.name,
    ...(typeof owner === "string" && owner !== "" ? { owner } : {}),
    template: { ...rendered.template, answers: rendered.answers },
  });
  const pushed = await projects.pushRevision(ctx, {
    project,
    files: table ? [...files, table] : files,
    git: null,
    message: `from template ${rendered.template.name} ${rendered.template.version}`,
  });
  const revision = must(pushed.revision, "the revision whose contents were just stored");
  return {
    project,
    revision,
    ...(input.run ? await firstRun(ctx, deps, project, revision) : { run: null, runProblem: null }),
    warnings: [...rendered.warnings, ...pushed.warnings],
  };
}

async function tableOf(ctx: Ctx, { digest, filename }: NonNullable<StartProject["data"]>): Promise<FileEntry> {
  const { size } = await uploadedBlob(ctx, digest);
  return { path: `data/${plainName(filename)}`, digest, size, executable: false };
}

async function firstRun(
  ctx: Ctx,
  deps: StartProjectDeps,
  project: ProjectRow,
  revision: RevisionRow,
): Promise<Pick<StartedProject, "run" | "runProblem">> {
  const [pipeline] = Object.keys(revision.spec?.pipelines ?? {});
  if (pipeline === undefined) return { run: null, runProblem: null };
  try {
    return { run: await deps.startRun(ctx, { project, revisionId: revision.id, pipeline }), runProblem: null };
  } catch (error) {
    if (!isPaveError(error)) throw error;
    return { run: null, runProblem: error.message };
  }
}
