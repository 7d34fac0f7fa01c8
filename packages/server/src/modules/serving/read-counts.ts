import {
  comparePredictions,
  type PredictionComparison,
  probabilityProfile,
  type ReferenceProfile,
  WindowCounts,
  type WindowCountsJson,
} from "@pave/contract/drift";
import type { Ctx } from "../../db/context.ts";
import { findProfile, profileStates, servedProfiles } from "../models/index.ts";
import {
  type CountsKey,
  countProfileRows,
  sumProfileWindows,
  sumProfileWindowsBetween,
} from "./profile-window-store.ts";
import { findRelease, findReleases } from "./release-store.ts";
import { windowStart } from "./traffic.ts";

/**
 * A release's rows and answers of this time, against the profile of its model version; undefined when it has none, or
 * when nothing was counted. Times are those of the windows: ten seconds, and five minutes after a day.
 */
export async function countsBetween(
  ctx: Ctx,
  { deploymentId, releaseId, from, to }: { deploymentId: string; releaseId: string; from: Date; to: Date },
): Promise<WindowCounts | undefined> {
  const release = await findRelease(ctx, releaseId);
  const profile = release && (await findProfile(ctx, { model: release.model, version: release.modelVersion }));
  if (!profile) return undefined;
  return readSum(ctx, profile, { deploymentId, releaseId, profile: profile.id }, from, to);
}

/** The same rows, only counted. */
export async function countRowsBetween(
  ctx: Ctx,
  { deploymentId, releaseId, from, to }: { deploymentId: string; releaseId: string; from: Date; to: Date },
): Promise<number> {
  const release = await findRelease(ctx, releaseId);
  const [profile] = release ? await profileStates(ctx, [{ model: release.model, version: release.modelVersion }]) : [];
  if (!profile?.profileId) return 0;
  return countProfileRows(ctx, { deploymentId, releaseId, profile: profile.profileId }, from, to);
}

/**
 * Answers of a candidate and of stable on the traffic of a canary's steps, counted in the same cells: those of stable's
 * own profile, or those for any probability. Counts are kept in windows: the one in which a step began is the step's.
 * Undefined when neither has given an answer that can be counted.
 */
export async function predictionComparison(
  ctx: Ctx,
  input: { deploymentId: string; stableReleaseId: string; candidateReleaseId: string; steps: readonly Date[] },
): Promise<PredictionComparison | undefined> {
  const { deploymentId, stableReleaseId, candidateReleaseId, steps } = input;
  const [first, ...others] = steps.map(windowStart);
  if (!first) return undefined;
  const profile = await comparisonOf(ctx, stableReleaseId);
  const key = { deploymentId, releaseIds: [stableReleaseId, candidateReleaseId], profile: profile.id };
  const now = new Date(ctx.clock.now().getTime() + 60_000);
  const sums = await sumProfileWindowsBetween(ctx, key, [first, ...others], now);
  if (sums.every((step) => step.size === 0)) return undefined;
  const read = (counts: WindowCountsJson | undefined) =>
    counts ? readCounted(profile, counts) : new WindowCounts(profile);
  return comparePredictions(
    sums.map((step) => ({ stable: read(step.get(stableReleaseId)), candidate: read(step.get(candidateReleaseId)) })),
  );
}

async function comparisonOf(ctx: Ctx, stableReleaseId: string): Promise<ReferenceProfile> {
  const stable = (await findReleases(ctx, [stableReleaseId])).get(stableReleaseId);
  const [served] = stable ? await servedProfiles(ctx, [{ model: stable.model, version: stable.modelVersion }]) : [];
  return served?.comparison ?? probabilityProfile;
}

async function readSum(
  ctx: Ctx,
  profile: ReferenceProfile,
  key: CountsKey,
  from: Date,
  to: Date,
): Promise<WindowCounts | undefined> {
  const sum = await sumProfileWindows(ctx, key, from, to);
  return sum && readCounted(profile, sum);
}

function readCounted(profile: ReferenceProfile, counted: WindowCountsJson): WindowCounts {
  const read = WindowCounts.read(profile, counted);
  if ("problem" in read) throw new Error(`counts that were judged when they came do not fit: ${read.problem}`);
  return read.counts;
}
