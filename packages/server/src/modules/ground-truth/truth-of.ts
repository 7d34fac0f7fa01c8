import type { ModelAnswers } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { type MeasuredTruth, measureTruth, mergeSums } from "./measure-truth.ts";
import { loggedReleases } from "./predictions-store.ts";
import { TruthChanges } from "./truth-changes.ts";

export interface TruthOf {
  readonly deploymentId: string;
  readonly releaseId: string;
  /** Answers from then on, whenever their outcomes belong to and their labels come. */
  readonly since: Date;
}

export interface TruthFound extends MeasuredTruth {
  readonly kind: ModelAnswers["kind"] | undefined;
}

/** The newest of more answers: by then every metric is known well enough. */
const maxRows = 20_000;

/**
 * How right the answers of a release were since then, as far as they have labels. For whoever judges the release: of no
 * label every value is undefined, which is no verdict.
 */
export async function truthOf(ctx: Ctx, { deploymentId, releaseId, since }: TruthOf): Promise<TruthFound> {
  const answers = (await loggedReleases(ctx, deploymentId)).get(releaseId)?.answers;
  const { rows } = await sql<{ score: number | null; label: string | null; actual: string }>`
    select o.score, o.label, o.actual from outcomes o
    where o.deployment_id = ${deploymentId} and o.release_id = ${releaseId} and o.predicted_at >= ${since}
    order by o.predicted_at desc limit ${maxRows}`.execute(ctx.db);
  const changes = new TruthChanges();
  const common = { deploymentId, releaseId, at: since, predictedAt: since, receivedAt: since };
  if (answers) for (const row of rows) changes.settled({ ...common, ...row, answers });
  const found = mergeSums(changes.list().filter(({ span }) => span === "hour"));
  return { kind: answers?.kind, ...measureTruth(answers?.kind, found.truth, found.labelled) };
}
