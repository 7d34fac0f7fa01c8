import type { Ctx } from "../../db/context.ts";
import { inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { getVersion, modelNotFound } from "./find-version.ts";
import { readModels } from "./read-models.ts";
import { registerSource, type SourceArtifacts } from "./register-source.ts";
import type { RegistryModel } from "./registry.ts";
import * as registry from "./registry-models.ts";
import { type ModelNames, renameModel } from "./rename-model.ts";

interface Note {
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
}

export interface NoteRoutesDeps {
  readonly artifacts: SourceArtifacts;
  readonly names: ModelNames;
  /** The version as the API shows it. */
  showVersion: NonNullable<Handlers["getModelVersion"]>;
}

/** What people write on models and versions, and versions that they register by hand. */
export function noteRoutes({ artifacts, names, showVersion }: NoteRoutesDeps): Handlers {
  const modelOf = async (ctx: Ctx, params: { project: string; model: string }): Promise<RegistryModel> => {
    const [project, model] = [
      await resolveProject(ctx, params.project),
      await registry.findRegistryModel(ctx, params.model),
    ];
    if (model?.projectId !== project.id) throw modelNotFound(params.model);
    return model;
  };
  const tag = async (
    ctx: Ctx,
    { projectId, name: model }: RegistryModel,
    version: number | null,
    tags: Note["tags"] = {},
  ) => {
    const tagged = { projectId, model, version };
    for (const [key, value] of Object.entries(tags)) {
      if (value === null) await registry.untagModel(ctx, tagged, key);
      else await registry.tagModel(ctx, tagged, key, value);
    }
  };
  const show = async (ctx: Ctx, { projectId, name }: RegistryModel) => {
    const view = must((await readModels(ctx, projectId, name))[0], "the model");
    return {
      ...{ name, project: view.project, description: view.description, createdAt: view.createdAt.toISOString() },
      ...{ aliases: { ...view.aliases }, versions: view.versions },
      latestVersion: view.latestVersion === null ? null : String(view.latestVersion),
    };
  };
  return {
    async getModel(ctx, { params }) {
      const model = await modelOf(ctx, params);
      return { ...(await show(ctx, model)), tags: { ...model.tags } };
    },
    async noteModel(ctx, { params, body }) {
      const model = await modelOf(ctx, params);
      await inTransaction(ctx, async (ctx) => {
        if (body.description !== undefined) await registry.describeModel(ctx, model, body.description);
        await tag(ctx, model, null, body.tags);
      });
      return show(ctx, model);
    },
    async renameModel(ctx, { params, body }) {
      return show(ctx, await renameModel(ctx, names, await modelOf(ctx, params), body.name));
    },
    async noteModelVersion(ctx, input, io) {
      const { params, body } = input;
      const model = await modelOf(ctx, params);
      const { version } = await getVersion(ctx, model.name, params.version);
      await inTransaction(ctx, async (ctx) => {
        if (body.description !== undefined) {
          const found = await registry.getRegistryVersion(ctx, model.name, version);
          await registry.describeVersion(ctx, found, body.description);
        }
        await tag(ctx, model, version, body.tags);
      });
      return showVersion(ctx, { params, query: undefined, body: undefined }, io);
    },
    async registerModelVersion(ctx, { params, body }, io) {
      const project = await resolveProject(ctx, params.project);
      const created = await inTransaction(ctx, async (ctx) => {
        const known = await registry.findRegistryModel(ctx, params.model);
        // also says so where another project has the name
        if (known?.projectId !== project.id)
          await registry.createModel(ctx, { projectId: project.id, name: params.model, description: "", tags: {} });
        return registerSource(ctx, artifacts, {
          ...{ projectId: project.id, model: params.model, source: body.source, description: body.description },
          ...{ runLink: "", tags: {}, runId: null, attempt: null },
        });
      });
      const shown = { ...params, version: String(created.version) };
      return showVersion(ctx, { params: shown, query: undefined, body: undefined }, io);
    },
  };
}
