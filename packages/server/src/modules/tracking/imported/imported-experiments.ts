import type { Ctx } from "../../../db/context.ts";
import { must } from "../../../kernel/pave-error.ts";
import { deletedAt } from "../deleted-at.ts";
import * as store from "../experiment-store.ts";

/** An experiment as it is at a server that it is copied from; ids of experiments are this server's own. */
export interface ImportedExperiment {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly isDeleted: boolean;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/**
 * Makes the experiment, or changes the one that came of it before (`target`). Where the project has one of that name by
 * itself, what is copied joins it: it gets the tags that it lacks, and stays what it is.
 */
export async function putImportedExperiment(
  ctx: Ctx,
  projectId: string,
  given: ImportedExperiment,
  target: number | null,
): Promise<{ readonly id: number; readonly isJoined: boolean }> {
  const id = target ?? (await store.insertExperiment(ctx, { projectId, name: given.name }));
  const sameName = await store.findExperimentByName(ctx, projectId, given.name);
  if (id === undefined) {
    const own = must(sameName, "the experiment that has the name");
    await store.putExperimentTags(ctx, own.id, { ...given.tags, ...own.tags });
    return { id: own.id, isJoined: true };
  }
  await store.putExperimentTags(ctx, id, given.tags);
  await ctx.db
    .updateTable("experiments")
    .set({
      lifecycle_stage: given.isDeleted ? "deleted" : "active",
      ...deletedAt(ctx, { lifecycle_stage: given.isDeleted ? "deleted" : "active" }),
      // renamed at the source, unless the name is another one's here
      ...(sameName === undefined ? { name: given.name } : {}),
      ...(given.createdAt ? { created_at: given.createdAt } : {}),
      ...(given.updatedAt ? { updated_at: given.updatedAt } : {}),
    })
    .where("id", "=", id)
    .execute();
  return { id, isJoined: false };
}
