import { comparisonProfile, countSizes, type ReferenceProfile } from "@pave/contract/drift";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

/** So old a version may be to get one: what is older was made before there were profiles, or is used no more. */
export const profiledForMs = 30 * 24 * 3_600_000;

/** Of which rows the profile's answers are: what the model had not seen, what it was trained on, or none. */
export type PredictionSource = "held-out" | "training" | "none";

export interface ProfileState {
  readonly model: string;
  readonly version: number;
  readonly state: "making" | "ready" | "failed";
  /** One sentence: why there is none, or what it was made of. */
  readonly message: string;
  readonly predictionSource: PredictionSource | null;
  readonly artifactId: string | null;
  readonly profileId: string | null;
}

interface VersionKey {
  readonly model: string;
  readonly version: number;
}

const stateColumns = [
  "model",
  "version",
  "state",
  "message",
  "prediction_source as predictionSource",
  "artifact_id as artifactId",
  "profile_id as profileId",
] as const;

/** Of several versions, in any order; those that nobody asked a profile for are missing. */
export async function profileStates(ctx: Ctx, versions: readonly VersionKey[]): Promise<ProfileState[]> {
  if (versions.length === 0) return [];
  return (await ctx.db
    .selectFrom("reference_profiles")
    .select(stateColumns)
    .where(isOneOf(versions))
    .execute()) as ProfileState[];
}

/** True when nobody had begun it. */
export async function beginProfile(ctx: Ctx, key: VersionKey & { readonly projectId: string }): Promise<boolean> {
  const row = await ctx.db
    .insertInto("reference_profiles")
    .values({
      model: key.model,
      version: key.version,
      project_id: key.projectId,
      state: "making",
      created_at: ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("version")
    .executeTakeFirst();
  return row !== undefined;
}

export async function failProfile(ctx: Ctx, { model, version }: VersionKey, message: string): Promise<void> {
  await ctx.db
    .updateTable("reference_profiles")
    .set({ state: "failed", message })
    .where("model", "=", model)
    .where("version", "=", version)
    .execute();
}

export async function finishProfile(
  ctx: Ctx,
  { model, version }: VersionKey,
  made: {
    readonly profile: ReferenceProfile;
    readonly artifactId: string;
    readonly predictionSource: PredictionSource;
    readonly message: string;
  },
): Promise<void> {
  const comparison = comparisonProfile(made.profile);
  const { cells, columns } = countSizes(made.profile);
  await ctx.db
    .updateTable("reference_profiles")
    .set({
      state: "ready",
      message: made.message,
      prediction_source: made.predictionSource,
      artifact_id: made.artifactId,
      profile_id: made.profile.id,
      profile: json(made.profile),
      comparison_id: comparison.id,
      comparison: json(comparison),
      cells,
      columns,
      comparison_cells: countSizes(comparison).cells,
    })
    .where("model", "=", model)
    .where("version", "=", version)
    .execute();
}

/** Undefined while there is none. */
export async function findProfile(ctx: Ctx, { model, version }: VersionKey): Promise<ReferenceProfile | undefined> {
  const row = await ctx.db
    .selectFrom("reference_profiles")
    .select("profile")
    .where("model", "=", model)
    .where("version", "=", version)
    .executeTakeFirst();
  return (row?.profile as ReferenceProfile | null | undefined) ?? undefined;
}

/** What gateways are told: the profile's file, and the cells for comparing other versions with this one. */
export interface ServedProfile extends VersionKey {
  readonly files: readonly {
    readonly path: string;
    readonly digest: string;
    readonly size: number;
    readonly executable: boolean;
  }[];
  readonly comparison: ReferenceProfile;
}

export async function servedProfiles(ctx: Ctx, versions: readonly VersionKey[]): Promise<ServedProfile[]> {
  if (versions.length === 0) return [];
  return (await ctx.db
    .selectFrom("reference_profiles")
    .innerJoin("artifacts as a", "a.id", "artifact_id")
    .select(["model", "version", "a.files", "comparison"])
    .where(isOneOf(versions))
    .execute()) as ServedProfile[];
}

/** Sizes of counts against profiles of a project, by the profile's id. */
export async function sizesOfCounts(
  ctx: Ctx,
  projectIds: readonly string[],
  profileIds: readonly string[],
): Promise<Map<string, { readonly cells: number; readonly columns: number }>> {
  if (projectIds.length === 0 || profileIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("reference_profiles")
    .select(["profile_id", "cells", "columns", "comparison_id", "comparison_cells"])
    .where("project_id", "in", [...projectIds])
    .where("state", "=", "ready")
    .where((eb) => eb.or([eb("profile_id", "in", [...profileIds]), eb("comparison_id", "in", [...profileIds])]))
    .execute();
  return new Map(
    rows.flatMap((row) => [
      [row.profile_id ?? "", { cells: row.cells ?? 0, columns: row.columns ?? 0 }] as const,
      [row.comparison_id ?? "", { cells: row.comparison_cells ?? 0, columns: 1 }] as const,
    ]),
  );
}

const isOneOf = (versions: readonly VersionKey[]) =>
  sql<boolean>`(model, version) in (${sql.join(versions.map(({ model, version }) => sql`(${model}, ${version}::bigint)`))})`;
