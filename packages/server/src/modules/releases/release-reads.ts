import type { EnvironmentSpec } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { getVersion } from "../models/index.ts";
import type { PlanRequest, Read } from "../plans/index.ts";
import { reviewEvidence } from "../reviews/index.ts";
import type { ReleaseRow } from "../serving/index.ts";
import { findRules } from "./project-rules-store.ts";
import { liveReleases, type ReleaseAsked, type ReleasePinned } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";

/**
 * The versions now of everything a release plan reads, by thing. Whoever computes the plan and whoever asks whether it
 * is stale call the same function.
 */
export async function readVersions(
  deps: ReleasesDeps,
  ctx: Ctx,
  request: Pick<PlanRequest, "environment"> & {
    projectId: string;
    asked: ReleaseAsked;
    pinned: ReleasePinned | null;
    deployments: readonly string[];
    /** The environment's rules stay until the caller's transaction ends. */
    hold: boolean;
  },
): Promise<Map<string, string>> {
  const { projectId, environment, deployments, hold } = request;
  const { spec, version } = await deps.projects.getEnvironment(ctx, environment, { hold });
  const rules = await findRules(ctx, { projectId, environment });
  const versions = new Map([
    [`environment ${environment}`, String(version)],
    [`gates in force in ${environment}`, rules ? String(rules.version) : "none"],
    [`resources in ${environment}`, await deps.infrastructure.resourcesVersion(ctx, { projectId, environment })],
  ]);
  for (const place of placesOf(spec, request.asked.from)) {
    const live = await liveReleases(ctx, projectId, place);
    for (const name of deployments)
      versions.set(`deployment ${name} in ${place}`, releaseText(live.get(name)?.release));
  }
  const questions = spec.reviews ?? [];
  for (const [model, version] of Object.entries(request.pinned?.models ?? {})) {
    const { status, digest } = await getVersion(ctx, model, version);
    versions.set(`model ${model} version ${version}`, `${status} ${digest.slice(0, 19)}`);
    if (questions.length === 0) continue;
    const { verdict, answered } = await reviewEvidence(ctx, {
      model,
      version: Number(version),
      environment,
      questions,
    });
    versions.set(`review of ${model} version ${version}`, `${verdict}, ${answered} of ${questions.length} answered`);
  }
  return versions;
}

/** The environment, the one before it, and the one that is promoted from. */
const placesOf = ({ name, after }: EnvironmentSpec, from: string | undefined): Set<string> =>
  new Set([name, after, from].filter((place) => place !== undefined));

const releaseText = (release: ReleaseRow | undefined): string =>
  release ? `release ${release.number} (${release.model} version ${release.modelVersion})` : "nothing";

export const toReads = (versions: ReadonlyMap<string, string>): Read[] =>
  [...versions].map(([thing, version]) => ({ thing, version })).sort((a, b) => (a.thing < b.thing ? -1 : 1));

/** The deployments a plan has read, by the names of what it read. */
export const deploymentsOf = (reads: readonly Read[], environment: string): string[] =>
  reads.flatMap(({ thing }) => {
    const name = /^deployment (\S+) in (\S+)$/.exec(thing);
    return name?.[1] !== undefined && name[2] === environment ? [name[1]] : [];
  });
