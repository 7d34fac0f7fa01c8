import type { Permission } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { ProtocolRequest } from "../../http/protocol.ts";
import { isPaveError, PaveError } from "../../kernel/pave-error.ts";
import { assertCan } from "../../modules/access/index.ts";
import { getRegistryModel, type RegistryModel } from "../../modules/models/index.ts";
import {
  type Experiment,
  ensureExperiment,
  findExperiments,
  getLoggedModelHead,
  getRunHead,
  getRunHeads,
  type LoggedModelHead,
  type RunHead,
  trackingNotFound,
} from "../../modules/tracking/index.ts";
import { chooseProject, type ProjectRef } from "./choose-project.ts";
import { invalid } from "./mlflow-error.ts";
import { readableHere } from "./readable-here.ts";

export interface ScopeDeps {
  /** The run of the attempt whose token acts; undefined when there is no such attempt. */
  attemptRun(ctx: Ctx): Promise<string | undefined>;
}

/**
 * The way of one request to everything that it names: each look-up asks for the route's permission on the project of
 * what it finds, and what lies elsewhere is as unknown as what does not exist.
 */
export interface Scope {
  readonly ctx: Ctx;
  readonly request: ProtocolRequest;
  /** The attempt's run where an attempt's token acts, null for everybody else. */
  ownAttempt(): Promise<string | null>;
  /** For what is named, not found: see `chooseProject`. */
  project(name?: string): Promise<ProjectRef>;
  /** Experiment 0, which clients name that have chosen none, is the project's own. */
  experiment(id: string): Promise<Experiment>;
  /** Those of the experiments that are there for the actor. */
  experimentIds(ids: readonly string[]): Promise<number[]>;
  run(runId: string): Promise<RunHead>;
  /** All of them, or throws for the first that is not there. */
  runs(runIds: readonly string[]): Promise<RunHead[]>;
  loggedModel(modelId: string): Promise<LoggedModelHead>;
  registeredModel(name: string): Promise<RegistryModel>;
  /** Ids of the projects that a search may look into. */
  searchable(): Promise<readonly string[] | "all">;
  /** Throws as if `what` did not exist unless the route's permission is the actor's on the project. */
  assertOn(project: ProjectRef, what: string): Promise<void>;
}

export function createScope(deps: ScopeDeps, ctx: Ctx, request: ProtocolRequest): Scope {
  const permission = request.permission as Permission;
  const workspace = request.headers["x-mlflow-workspace"]?.trim() || undefined;

  const assertOn = async (project: ProjectRef, what: string): Promise<void> => {
    if (workspace !== undefined && workspace !== project.name) throw trackingNotFound(what);
    try {
      await assertCan(ctx, permission, project);
    } catch (error) {
      throw isPaveError(error) && error.code === "project.not_found" ? trackingNotFound(what) : error;
    }
  };

  /** A thing with its project, let through if that is the actor's. */
  const admitted = async <T extends { readonly projectId: string; readonly project: string }>(
    thing: T,
    what: string,
  ): Promise<T> => {
    await assertOn({ id: thing.projectId, name: thing.project }, what);
    return thing;
  };

  const project = async (name?: string): Promise<ProjectRef> => {
    const chosen = await chooseProject(ctx, workspace, name);
    await assertOn(chosen, `project ${chosen.name}`);
    return chosen;
  };

  const experiment = async (id: string): Promise<Experiment> => {
    if (id === "0") return ensureExperiment(ctx, await project());
    if (!/^\d+$/.test(id))
      throw invalid(`Invalid experiment ID '${id.slice(0, 100)}'. Experiment ID must be a valid integer.`);
    const [found] = await findExperiments(ctx, numbersOf([id]));
    if (!found) throw trackingNotFound(`experiment ${id}`);
    return admitted(found, `experiment ${id}`);
  };

  return {
    ctx,
    request,
    assertOn,
    project,
    experiment,
    async ownAttempt() {
      if (ctx.actor.kind !== "run") return null;
      const runId = await deps.attemptRun(ctx);
      if (runId !== undefined) return runId;
      throw new PaveError("access.denied", "The attempt of this token is over", { fix: "Use a token of your own" });
    },
    async experimentIds(ids) {
      const own = ids.includes("0") ? [(await experiment("0")).id] : [];
      const numbers = numbersOf(ids);
      const found = numbers.length === 0 ? [] : await findExperiments(ctx, numbers);
      const readable = await readableHere(ctx, permission);
      const isReadable = ({ projectId, project }: Experiment) =>
        (readable === "all" || readable.includes(projectId)) && (workspace === undefined || workspace === project);
      // experiment 0 has a number of its own, which may be named beside it
      return [...new Set([...own, ...found.filter(isReadable).map(({ id }) => id)])];
    },
    run: async (runId) => admitted(await getRunHead(ctx, runId), `run ${runId}`),
    async runs(runIds) {
      const heads = await getRunHeads(ctx, runIds);
      // once for each project: a hundred runs are often of one
      const ofProjects = new Map(heads.map((head) => [head.projectId, head]));
      for (const head of ofProjects.values()) await admitted(head, `run ${head.runId}`);
      return heads;
    },
    loggedModel: async (modelId) => admitted(await getLoggedModelHead(ctx, modelId), `logged model ${modelId}`),
    registeredModel: async (name) => {
      const model = await getRegistryModel(ctx, name);
      return admitted(model, `registered model ${name}`);
    },
    async searchable() {
      if (workspace !== undefined) return [(await project()).id];
      return readableHere(ctx, permission);
    },
  };
}

const numbersOf = (ids: readonly string[]): number[] =>
  ids.flatMap((id) => (/^[1-9]\d{0,14}$/.test(id) ? [Number(id)] : []));
