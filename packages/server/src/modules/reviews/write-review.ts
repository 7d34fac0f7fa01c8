import { type Review, type ReviewEvidence, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { accountsOf, answerableFor, can, principalRefs } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { getVersion, type ModelVersionRow } from "../models/index.ts";
import { getEnvironment, listEnvironments } from "../projects/index.ts";
import { type Judged, refuseVerdict } from "./review-rules.ts";
import { verdictOf } from "./review-verdict.ts";
import * as store from "./reviews-store.ts";

export interface ReviewsDeps {
  /** Throws unless the project has what an answer rests on. */
  assertEvidence(ctx: Ctx, project: Project, evidence: ReviewEvidence): Promise<void>;
}

interface Project {
  readonly id: string;
  readonly name: string;
}

export interface Reviewed {
  readonly project: Project;
  readonly model: string;
  readonly version: string;
}

/** Asks for a review by the questions that the environment asks now. One that is open by the same questions stays. */
export async function requestReview(ctx: Ctx, input: Reviewed & { environment: string }): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    const { project, environment } = input;
    const version = await versionOf(ctx, input);
    const { spec } = await getEnvironment(ctx, environment, { hold: true });
    const questions = spec.reviews ?? [];
    if (questions.length === 0)
      throw new PaveError(
        "review.no_questions",
        `The environment ${environment} asks no questions about model versions`,
        {
          fix: "A platform admin gives it some: `reviews:` in its YAML, with `pave environments apply`.",
        },
      );
    const known = (await store.listReviews(ctx, version.model, version.version)).find(
      (review) => review.environment === environment,
    );
    if (known && verdictOf(known, questions) === "open") return known.id;
    const kept = known ? await store.listAnswers(ctx, [known.id]) : [];
    if (known) await store.supersede(ctx, known.id);
    const id = newId();
    const row = { id, projectId: project.id, model: version.model, version: version.version, environment, questions };
    await store.insertReview(ctx, row);
    // what was answered stays answered where the same is asked; whoever answered it stays its author
    for (const answer of kept)
      if (
        questions.some(
          ({ id, ask }) => id === answer.question && known?.questions.some((old) => old.id === id && old.ask === ask),
        )
      )
        await store.putAnswer(ctx, id, answer);
    await record(ctx, "review.requested", row, { questions: questions.length });
    ctx.hint(topics.reviews(project.name, version.model));
    return id;
  });
}

/** Answers one question, or answers it anew, as long as there is no verdict. */
export async function answerReview(
  ctx: Ctx,
  deps: ReviewsDeps,
  input: { project: Project; review: string; question: string; text: string; evidence: readonly ReviewEvidence[] },
): Promise<store.ReviewRow> {
  return inTransaction(ctx, async (ctx) => {
    const { project, question, text, evidence } = input;
    const review = await getReview(ctx, project, input.review);
    await assertOpen(ctx, review);
    const ids = review.questions.map(({ id }) => id);
    if (!ids.includes(question))
      throw new PaveError("review.not_found", `This review has no question ${question}${suggestion(question, ids)}`, {
        fix: `It asks ${ids.join(", ")}.`,
      });
    for (const one of evidence) await deps.assertEvidence(ctx, project, one);
    const by = { answeredById: ctx.actor.principalId, answeredAt: ctx.clock.now() };
    await store.putAnswer(ctx, review.id, { question, text, evidence, ...by });
    await record(ctx, "review.answered", review, { question, evidence: evidence.length });
    ctx.hint(topics.reviews(project.name, review.model));
    return review;
  });
}

/** A person's verdict. Approved takes every answer, and somebody who has no part in the version or the answers. */
export async function decideReview(
  ctx: Ctx,
  input: { project: Project; review: string; verdict: "approved" | "rejected"; comment: string },
): Promise<store.ReviewRow> {
  return inTransaction(ctx, async (ctx) => {
    const { project, verdict, comment } = input;
    const review = await getReview(ctx, project, input.review);
    const refusal = refuseVerdict(await judge(ctx, review), ctx.actor, verdict);
    if (refusal) throw new PaveError(refusal.code, refusal.message, { fix: refusal.fix });
    if (verdict === "rejected" && comment.trim() === "")
      throw new PaveError("request.invalid", "body.comment: expected why it is rejected, found nothing", {
        fix: "Say why: `-m 'the slices by carrier are missing'`.",
      });
    await store.decide(ctx, review.id, { verdict, comment });
    await record(ctx, `review.${verdict}`, review, { comment });
    ctx.hint(topics.reviews(project.name, review.model), topics.project(project.name));
    return review;
  });
}

/** One for each environment that asks questions now, and those there are for others; as the caller sees them. */
export async function showReviews(ctx: Ctx, input: Reviewed): Promise<Review[]> {
  const version = await versionOf(ctx, input);
  const [rows, environments] = [
    await store.listReviews(ctx, version.model, version.version),
    await listEnvironments(ctx),
  ];
  const shown = environments
    .filter(({ name, spec }) => spec.reviews?.length || rows.some(({ environment }) => environment === name))
    .map(({ name }) => name);
  const reviews: Review[] = [];
  for (const environment of shown) {
    const review = rows.find((row) => row.environment === environment);
    const questions = environments.find(({ name }) => name === environment)?.spec.reviews ?? [];
    reviews.push(review ? await show(ctx, review) : notRequested(version, environment, questions));
  }
  return reviews;
}

export const showReview = async (ctx: Ctx, project: Project, id: string): Promise<Review> =>
  show(ctx, await getReview(ctx, project, id, { lock: false }));

async function show(ctx: Ctx, review: store.ReviewRow): Promise<Review> {
  const judged = await judge(ctx, review);
  const refs = await principalRefs(ctx, [
    review.requestedById,
    ...(review.decidedById ? [review.decidedById] : []),
    ...judged.answers.map(({ answeredById }) => answeredById),
  ]);
  const ref = (id: string) => must(refs.get(id), `principal ${id}`);
  const isPermitted = await can(ctx, "review.decide", review.projectId);
  const refusal = isPermitted ? refuseVerdict(judged, ctx.actor, "approved") : undefined;
  return {
    id: review.id,
    model: review.model,
    version: String(review.version),
    environment: review.environment,
    verdict: judged.verdict,
    questions: [...review.questions],
    answers: judged.answers.map(({ question, text, evidence, answeredById, answeredAt }) => ({
      ...{ question, text, evidence: [...evidence] },
      by: ref(answeredById),
      at: answeredAt.toISOString(),
    })),
    requestedBy: ref(review.requestedById),
    requestedAt: review.requestedAt.toISOString(),
    decidedBy: review.decidedById ? ref(review.decidedById) : null,
    decidedAt: review.decidedAt?.toISOString() ?? null,
    comment: review.comment,
    mayDecide: {
      allowed: isPermitted && refusal === undefined,
      reason: isPermitted
        ? refusal
          ? `${refusal.message}. ${refusal.fix}`
          : null
        : "You lack the permission review.decide on this project.",
    },
  };
}

const notRequested = (
  { model, version }: ModelVersionRow,
  environment: string,
  questions: Review["questions"],
): Review => ({
  ...{ id: null, model, version: String(version), environment, verdict: "none", questions, answers: [] },
  ...{ requestedBy: null, requestedAt: null, decidedBy: null, decidedAt: null, comment: "" },
  mayDecide: { allowed: false, reason: "Nobody has asked for this review yet." },
});

async function judge(ctx: Ctx, review: store.ReviewRow): Promise<Judged> {
  const { spec } = await getEnvironment(ctx, review.environment);
  const version = await getVersion(ctx, review.model, review.version);
  const behind = await answerableFor(ctx);
  return {
    review,
    verdict: verdictOf(review, spec.reviews ?? []),
    answers: await store.listAnswers(ctx, [review.id]),
    makers: [version.createdBy, ...(version.runId ? await store.askersOf(ctx, version.runId) : [])],
    deciders: await accountsOf(ctx, ctx.actor.principalId),
    lenders: (await Promise.all(behind.map(({ principalId }) => accountsOf(ctx, principalId)))).flat(),
    selfApproval: spec.approvals.selfApproval,
  };
}

async function getReview(
  ctx: Ctx,
  project: Project,
  id: string,
  options: { lock: boolean } = { lock: true },
): Promise<store.ReviewRow> {
  const review = await store.findReview(ctx, project.id, id, options);
  if (review) return review;
  throw new PaveError("review.not_found", `There is no review ${id} in this project`, {
    fix: "See those of a model version with `pave reviews show MODEL@VERSION`.",
  });
}

async function assertOpen(ctx: Ctx, review: store.ReviewRow): Promise<void> {
  const judged = await judge(ctx, review);
  if (judged.verdict === "open") return;
  const refusal = must(refuseVerdict(judged, ctx.actor, "rejected"), "what stands against answering");
  throw new PaveError(refusal.code, refusal.message, { fix: refusal.fix });
}

/** The version, which must be the project's: another project's is as unknown as one that does not exist. */
async function versionOf(ctx: Ctx, { project, model, version }: Reviewed): Promise<ModelVersionRow> {
  const found = await getVersion(ctx, model, version).catch((error: unknown) => {
    if (error instanceof PaveError && error.code.startsWith("model.")) return undefined;
    throw error;
  });
  if (found?.projectId === project.id) return found;
  throw new PaveError("model.version_not_found", `There is no version ${version} of a model ${model} in this project`, {
    fix: "List models with `pave models list`.",
  });
}

const record = (
  ctx: Ctx,
  type: string,
  review: Pick<store.ReviewRow, "id" | "projectId" | "model" | "version" | "environment">,
  data: Record<string, unknown>,
) =>
  recordEvent(ctx, {
    type,
    subjectType: "model-version",
    subjectId: `${review.model}@${review.version}`,
    projectId: review.projectId,
    data: { review: review.id, environment: review.environment, ...data },
  });
