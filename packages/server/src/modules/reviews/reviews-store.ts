import type { ReviewEvidence, ReviewQuestion } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface ReviewRow {
  readonly id: string;
  readonly projectId: string;
  readonly model: string;
  readonly version: number;
  readonly environment: string;
  readonly questions: readonly ReviewQuestion[];
  readonly state: "open" | "approved" | "rejected" | "superseded";
  readonly requestedById: string;
  readonly requestedAt: Date;
  readonly decidedById: string | null;
  readonly decidedAt: Date | null;
  readonly comment: string;
}

export interface AnswerRow {
  readonly reviewId: string;
  readonly question: string;
  readonly text: string;
  readonly evidence: readonly ReviewEvidence[];
  readonly answeredById: string;
  readonly answeredAt: Date;
}

const selectReviews = (ctx: Ctx) =>
  ctx.db
    .selectFrom("reviews")
    .select([
      "id",
      "project_id as projectId",
      "model",
      "version",
      "environment",
      "questions",
      "state",
      "requested_by as requestedById",
      "requested_at as requestedAt",
      "decided_by as decidedById",
      "decided_at as decidedAt",
      "comment",
    ]);

/** Those that count: the newest of each environment. */
export async function listReviews(ctx: Ctx, model: string, version: number): Promise<ReviewRow[]> {
  const rows = await selectReviews(ctx)
    .where("model", "=", model)
    .where("version", "=", version)
    .where("state", "<>", "superseded")
    .orderBy("environment")
    .execute();
  return rows as unknown as ReviewRow[];
}

export async function findReview(
  ctx: Ctx,
  projectId: string,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<ReviewRow | undefined> {
  let query = selectReviews(ctx).where("project_id", "=", projectId).where("id", "=", id);
  if (options.lock) query = query.forUpdate();
  return (await query.executeTakeFirst()) as unknown as ReviewRow | undefined;
}

export async function insertReview(
  ctx: Ctx,
  row: Pick<ReviewRow, "id" | "projectId" | "model" | "version" | "environment" | "questions">,
): Promise<void> {
  await ctx.db
    .insertInto("reviews")
    .values({
      id: row.id,
      project_id: row.projectId,
      model: row.model,
      version: row.version,
      environment: row.environment,
      questions: json(row.questions),
      requested_by: ctx.actor.principalId,
      requested_at: ctx.clock.now(),
    })
    .execute();
}

export async function supersede(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.updateTable("reviews").set({ state: "superseded" }).where("id", "=", id).execute();
}

export async function decide(
  ctx: Ctx,
  id: string,
  input: { readonly verdict: "approved" | "rejected"; readonly comment: string },
): Promise<void> {
  await ctx.db
    .updateTable("reviews")
    .set({
      state: input.verdict,
      comment: input.comment,
      decided_by: ctx.actor.principalId,
      decided_at: ctx.clock.now(),
    })
    .where("id", "=", id)
    .execute();
}

export async function listAnswers(ctx: Ctx, reviewIds: readonly string[]): Promise<AnswerRow[]> {
  if (reviewIds.length === 0) return [];
  const rows = await ctx.db
    .selectFrom("review_answers")
    .select([
      "review_id as reviewId",
      "question",
      "text",
      "evidence",
      "answered_by as answeredById",
      "answered_at as answeredAt",
    ])
    .where("review_id", "in", [...reviewIds])
    .orderBy("answered_at")
    .execute();
  return rows as unknown as AnswerRow[];
}

export async function putAnswer(
  ctx: Ctx,
  reviewId: string,
  answer: Pick<AnswerRow, "question" | "text" | "evidence" | "answeredById" | "answeredAt">,
): Promise<void> {
  const row = {
    text: answer.text,
    evidence: json(answer.evidence),
    answered_by: answer.answeredById,
    answered_at: answer.answeredAt,
  };
  await ctx.db
    .insertInto("review_answers")
    .values({ review_id: reviewId, question: answer.question, ...row })
    .onConflict((conflict) => conflict.columns(["review_id", "question"]).doUpdateSet(row))
    .execute();
}

/** Who asked for a run; where that was a machine, who pushed its revision, too. */
export async function askersOf(ctx: Ctx, runId: string): Promise<string[]> {
  const run = await ctx.db
    .selectFrom("runs as r")
    .leftJoin("principals as p", "p.id", "r.requested_by")
    .leftJoin("revisions as v", "v.id", "r.revision_id")
    .select(["r.requested_by as askedById", "p.kind as kind", "v.created_by as pushedById"])
    .where("r.id", "=", runId)
    .executeTakeFirst();
  if (!run) return [];
  return [run.askedById, ...(run.kind === "user" || !run.pushedById ? [] : [run.pushedById])];
}
