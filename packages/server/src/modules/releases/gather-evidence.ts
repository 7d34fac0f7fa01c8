import { type GateVerdict, type ReviewQuestion, stricterTier } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { getVersion, versionMetrics } from "../models/index.ts";
import type { Evidence, EvidenceSet } from "../plans/index.ts";
import { findProjects } from "../projects/index.ts";
import { reviewEvidence } from "../reviews/index.ts";
import { compareChampion, type Start } from "./compare-champion.ts";
import { type Live, specOf, type Targets } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { scanPickle } from "./scan-model.ts";

export interface GatheredEvidence {
  readonly sets: readonly EvidenceSet[];
  /** Why something that gates may ask for is not there. They never block by themselves. */
  readonly remarks: readonly GateVerdict[];
  readonly pending: string | null;
  /** That scored champions, and are over. */
  readonly evaluationRuns: readonly string[];
}

export interface GatherEvidence {
  readonly projectId: string;
  readonly project: string;
  readonly environment: string;
  readonly chosen: Targets;
  readonly live: Live;
  /** What the environment asks about every model version. */
  readonly reviews: readonly ReviewQuestion[];
}

/** The evidence for each target; what is missing of the champion's is set to work as `start` says. */
export async function gatherEvidence(
  deps: ReleasesDeps,
  ctx: Ctx,
  input: GatherEvidence,
  start: Start,
): Promise<GatheredEvidence> {
  // what the platform knows it as counts, whatever the revision would rather be
  const { tier: known } = must((await findProjects(ctx, { ids: [input.projectId] }))[0], `project ${input.project}`);
  const tier = stricterTier(known, specOf(input.chosen.revision).tier);
  const sets: EvidenceSet[] = [];
  const remarks: GateVerdict[] = [];
  const evaluationRuns: string[] = [];
  let pending: string | null = null;
  for (const { name, version } of input.chosen.targets) {
    const model = { name: version.model, version: String(version.version), digest: version.digest };
    const artifact = await deps.artifacts.getArtifact(ctx, version.artifactId);
    const metrics = await versionMetrics(ctx, version);
    const values: Record<string, Evidence[string]> = {
      metrics,
      candidate: { metrics, model },
      model,
      scan: { pickle: await scanPickle(deps.artifacts, ctx, artifact.files) },
      review: await reviewEvidence(ctx, {
        ...{ model: version.model, version: version.version },
        ...{ environment: input.environment, questions: input.reviews },
      }),
      environment: { name: input.environment },
      project: { name: input.project, tier },
      ...(await testRows(deps, ctx, version.testArtifactId)),
    };
    const running = input.live.get(name)?.release;
    if (running) {
      const champion = await getVersion(ctx, running.model, running.modelVersion);
      const pair = { ...input, revisionId: input.chosen.revision.id, candidate: version, champion };
      const compared = await compareChampion(deps, ctx, pair, start);
      if ("pending" in compared) pending = compared.pending;
      if ("impossible" in compared) remarks.push(remark(compared.impossible));
      if ("runId" in compared && compared.runId) evaluationRuns.push(compared.runId);
      values.champion = {
        metrics: "metrics" in compared ? { ...compared.metrics } : {},
        model: { name: champion.model, version: String(champion.version), digest: champion.digest },
      };
    }
    sets.push({ subject: name, values });
  }
  return { sets, remarks, pending, evaluationRuns };
}

const remark = (detail: string): GateVerdict => ({
  check: "the champion is compared on the candidate's test set",
  when: null,
  message: null,
  mode: "warn",
  origin: "platform",
  verdict: "fail",
  detail,
});

async function testRows(
  deps: ReleasesDeps,
  ctx: Ctx,
  testArtifactId: string | null,
): Promise<{ rows: number } | undefined> {
  if (testArtifactId === null) return undefined;
  const { rows } = (await deps.artifacts.getArtifact(ctx, testArtifactId)).metadata;
  return typeof rows === "number" ? { rows } : undefined;
}
