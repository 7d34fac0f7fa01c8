import { randomBytes } from "node:crypto";
import type { ModelAnswers } from "@pave/contract";
import { json } from "../../../db/column-types.ts";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import { newId } from "../../../kernel/ids.ts";
import { type DeploymentRow, defaultLimits, ensureDeployment, insertRelease } from "../../serving/index.ts";

const binary: ModelAnswers = { kind: "binary", positive: "true", negative: "false" };

/** A prediction id of that time, as gateways make them. */
export function predictionId(time: number | string): string {
  const ms = (typeof time === "string" ? Date.parse(time) : time).toString(16).padStart(12, "0");
  const random = randomBytes(10).toString("hex");
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

export interface TruthDeployment {
  readonly deployment: DeploymentRow;
  readonly releaseIds: readonly string[];
}

/** A deployment with two releases; nothing serves them. */
export async function truthDeployment(
  ctx: Ctx,
  configuration: { readonly truthDelayMs?: number } = {},
): Promise<TruthDeployment> {
  const [projectId, revisionId] = [newId(), newId()];
  await ctx.db
    .insertInto("environments")
    .values({ name: "production", spec: json({}), source: "", updated_by: "system" })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await ctx.db
    .insertInto("projects")
    .values({ id: projectId, name: `p${projectId.slice(-10)}`, title: "", owner: "team", created_by: "system" })
    .execute();
  await ctx.db
    .insertInto("revisions")
    .values({
      id: revisionId,
      project_id: projectId,
      number: 1,
      digest: newId(),
      files: json([]),
      file_count: 0,
      bytes: 0,
      created_by: "system",
    })
    .execute();
  return inTransaction(ctx, async (ctx) => {
    const made = await ensureDeployment(ctx, { projectId, environment: "production", name: "late", kind: "online" });
    const releaseIds: string[] = [];
    for (const modelVersion of [1, 2])
      releaseIds.push(
        await insertRelease(ctx, {
          deploymentId: made.id,
          planId: null,
          revisionId,
          model: "late",
          modelVersion,
          modelDigest: "sha256:d",
          configuration: { files: [], limits: defaultLimits, slo: {}, ...configuration },
          message: null,
        }),
      );
    await ctx.db
      .updateTable("deployments")
      .set({ active_release_id: releaseIds[0] ?? null })
      .where("id", "=", made.id)
      .execute();
    return { deployment: { ...made, activeReleaseId: releaseIds[0] ?? null }, releaseIds };
  });
}

export interface LoggedRow {
  readonly id: string;
  readonly row?: number;
  readonly score?: number | null;
  readonly label?: string | null;
  readonly features?: Record<string, unknown>;
}

/** A part of the request log as a gateway sends it. */
export function logPart(
  { deployment, releaseIds }: TruthDeployment,
  rows: readonly LoggedRow[],
  options: { part?: string; seen?: number; answers?: ModelAnswers; release?: number; lost?: number } = {},
): string {
  const { part = newId(), seen = rows.length, answers = binary, release = 0, lost = 0 } = options;
  const releaseId = releaseIds[release] ?? "";
  const counts = { deploymentId: deployment.id, releaseId, modelVersion: String(release + 1), answers };
  const head = { part, rows: rows.length, lost, releases: [{ ...counts, seen, kept: rows.length }] };
  const lines = rows.map(({ id, row = 0, score = 0.3, label = "false", features = { origin: "ATL" } }) =>
    JSON.stringify({ id, row, release: releaseId, score, label, features }),
  );
  return [head, ...lines].map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
}

export async function* bodyOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
