import type { ProfiledColumn, VersionProfile } from "@pave/contract";
import { type ColumnProfile, profileBars, referenceCounts } from "@pave/contract/drift";
import type { Ctx } from "../../db/context.ts";
import type { ModelVersionRow } from "./model-version.ts";
import { findProfile, profiledForMs, profileStates } from "./profile-store.ts";

/** Bars of one chart; what is rarer is summed up. */
const mostBars = 24;

/** The version's reference profile as charts draw it; without one, why. */
export async function showProfile(ctx: Ctx, row: ModelVersionRow): Promise<VersionProfile> {
  const key = { model: row.model, version: row.version };
  const [found] = await profileStates(ctx, [key]);
  const profile = found?.state === "ready" ? await findProfile(ctx, key) : undefined;
  const problem = whyNone(ctx, row);
  return {
    state: found?.state ?? (problem === undefined ? "making" : "none"),
    message: found?.message ?? problem ?? "",
    rows: profile?.rows ?? 0,
    predictions: found?.predictionSource ?? "none",
    prediction: profile?.prediction ? toColumn(profile.prediction) : null,
    columns: (profile?.columns ?? []).map(toColumn),
  };
}

/** Undefined where one will be made, though nobody may have begun it yet. */
function whyNone(ctx: Ctx, { runId, createdAt }: ModelVersionRow): string | undefined {
  if (runId === null)
    return "a client of MLflow registered this version; a reference is made of what a run of a pipeline registers";
  return ctx.clock.now().getTime() - createdAt.getTime() < profiledForMs
    ? undefined
    : "no reference was made of this version in the month after it was registered, and none will be; run the pipeline again";
}

function toColumn(column: ColumnProfile): ProfiledColumn {
  const { numbers } = referenceCounts(column);
  return {
    column: column.name,
    kind: column.kind,
    missing: column.rows === 0 ? null : column.missing / column.rows,
    flags: [...column.flags],
    ...toBars(column),
    numbers: numbers && { ...numbers },
  };
}

function toBars(column: ColumnProfile): Pick<ProfiledColumn, "bars" | "rest"> {
  const all = profileBars(column);
  if (column.kind === "numeric") return { bars: all, rest: null };
  const bars = all.slice(0, mostBars);
  const share = all.slice(mostBars).reduce((sum, bar) => sum + bar.share, 0);
  if (share === 0) return { bars, rest: null };
  // the cell of the rarest ones is one bar; how many they are is known while none was dropped
  const rare = column.isTailComplete ? column.tail.length : null;
  const named = all.slice(mostBars).length - (column.other > 0 ? 1 : 0);
  return { bars, rest: { categories: rare === null ? null : named + rare, share } };
}
