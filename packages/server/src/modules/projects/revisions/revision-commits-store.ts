import { sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import type { GitState } from "./revisions-store.ts";

/** A commit that has exactly a revision's files, as whoever pushed the revision told. */
export interface RevisionCommit {
  readonly commit: string;
  /** "" where none was told. */
  readonly branch: string;
  /** The remote has it too. Told once, it stays true. */
  readonly pushed: boolean;
}

/**
 * Keeps the commit that a revision was pushed from. A folder with changes that are in no commit is none; the same files
 * may come again from another commit, or from the same one after it was pushed.
 */
export async function recordCommit(ctx: Ctx, revisionId: string, git: GitState | null): Promise<void> {
  if (git === null || git.dirty || git.commit === null) return;
  await ctx.db
    .insertInto("revision_commits")
    .values({
      revision_id: revisionId,
      commit: git.commit,
      branch: git.branch ?? "",
      pushed: git.pushed === true,
      told_by: ctx.actor.principalId,
      told_at: ctx.clock.now(),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["revision_id", "commit", "branch"])
        .doUpdateSet({ pushed: sql<boolean>`revision_commits.pushed or excluded.pushed`, told_at: ctx.clock.now() }),
    )
    .execute();
}

/** The newest hundred, the one told last first. */
export const commitsOf = (ctx: Ctx, revisionId: string): Promise<RevisionCommit[]> =>
  ctx.db
    .selectFrom("revision_commits")
    .select(["commit", "branch", "pushed"])
    .where("revision_id", "=", revisionId)
    .orderBy("pushed", "desc")
    .orderBy("told_at", "desc")
    .limit(100)
    .execute();
