import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findCollection, insertCollection, listCollections } from "./collections-store.ts";
import { type CollectionModule, collectionChannel } from "./create-collection.ts";
import { findRetention, putRetention } from "./retention-store.ts";

export const collectionRoutes = (collection: CollectionModule): Handlers => {
  const shown = async (ctx: Ctx, projectId: string) => {
    const own = await findRetention(ctx, projectId);
    return { ...own, effectiveDeletedDays: own.deletedDays ?? collection.deletedDays };
  };
  return {
    listCollections: async (ctx) => ({ items: await listCollections(ctx) }),

    createCollection: (ctx, { body }) =>
      inTransaction(ctx, async (ctx) => {
        const kind = body.dryRun ? "dry-run" : "manual";
        const asked = await insertCollection(ctx, { kind, requestedBy: ctx.actor.name });
        if (!body.dryRun)
          await recordEvent(ctx, { type: "collection.requested", subjectType: "collection", subjectId: asked.id });
        ctx.afterCommit(() => ctx.database.notify(collectionChannel));
        return asked;
      }),

    async getCollection(ctx, { params }) {
      const found = await findCollection(ctx, params.collection);
      if (found) return found;
      throw new PaveError("collection.not_found", `There is no collection ${params.collection}`, {
        fix: "Ask for one with `pave gc --dry-run`",
      });
    },

    getRetention: async (ctx, { params }) => shown(ctx, (await resolveProject(ctx, params.project)).id),

    async setRetention(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      return inTransaction(ctx, async (ctx) => {
        const before = await findRetention(ctx, project.id);
        await putRetention(ctx, project.id, body);
        if (before.deletedDays !== body.deletedDays || before.runDays !== body.runDays)
          await recordEvent(ctx, {
            type: "project.retention-changed",
            subjectType: "project",
            subjectId: project.id,
            projectId: project.id,
            data: { before, after: body },
          });
        ctx.hint(topics.project(project.name));
        return shown(ctx, project.id);
      });
    },
  };
};
