import { type ChangedRuns, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import {
  getRunHead,
  moveClientRun,
  noteTags,
  type RunHead,
  removeRunTag,
  trackingNotFound,
} from "../tracking/index.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}

/** Marks runs as deleted, or takes that back. */
export const moveRuns = (ctx: Ctx, project: Project, ids: readonly string[], stage: "active" | "deleted") =>
  changeEach(ctx, project, ids, (ctx, run) => moveClientRun(ctx, run, stage, null));

/** Sets tags, and takes those away that are null; that one was not there is no mistake. */
export function tagRuns(
  ctx: Ctx,
  project: Project,
  ids: readonly string[],
  tags: Readonly<Record<string, string | null>>,
): Promise<ChangedRuns> {
  const set = Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
  );
  const removed = Object.keys(tags).filter((key) => tags[key] === null);
  return changeEach(ctx, project, ids, async (ctx, run) => {
    await noteTags(ctx, run, set, null);
    for (const key of removed) await removeRunTag(ctx, run, key, null).catch(ignoreMissing);
  });
}

/** Each run for itself: what is said of one that cannot be changed is told beside what was done. */
async function changeEach(
  ctx: Ctx,
  project: Project,
  ids: readonly string[],
  change: (ctx: Ctx, run: RunHead) => Promise<void>,
): Promise<ChangedRuns> {
  const done: string[] = [];
  const refused: { id: string; reason: string }[] = [];
  for (const id of new Set(ids)) {
    try {
      await inTransaction(ctx, async (ctx) => {
        const run = await getRunHead(ctx, id);
        // what lies in another project is not there for who asks
        if (run.projectId !== project.id) throw trackingNotFound(`run ${id}`);
        await change(ctx, run);
      });
      done.push(id);
    } catch (error) {
      if (!(error instanceof PaveError)) throw error;
      refused.push({ id, reason: error.message });
    }
  }
  if (done.length > 0) ctx.hint(topics.project(project.name));
  return { done, refused };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof PaveError) || error.code !== "tracking.not_found") throw error;
}
