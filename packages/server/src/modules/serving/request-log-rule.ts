import { defaultRequestLogRule, type RequestLogRule } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { ReleaseRow, ServingState } from "./deployment.ts";

/** By environment: features whose values are logged nowhere in it, whatever projects say. */
export type ForcedRedaction = ReadonlyMap<string, readonly string[]>;

export async function forcedRedaction(ctx: Ctx): Promise<ForcedRedaction> {
  const rows = await ctx.db.selectFrom("environments").select(["name", "spec"]).orderBy("name").execute();
  return new Map(
    rows.map(({ name, spec }) => [name, (spec as { log?: { redact?: readonly string[] } }).log?.redact ?? []]),
  );
}

/**
 * As the stable release says. Redaction adds up over every release that is held and the environment: a value that one of
 * them keeps out of the log stays out.
 */
export function requestLogRule(
  serving: ServingState,
  releases: ReadonlyMap<string, ReleaseRow>,
  forced: readonly string[],
): RequestLogRule {
  const held = serving.releases.flatMap(({ releaseId }) => releases.get(releaseId)?.configuration.log ?? []);
  const stable = releases.get(serving.stableReleaseId ?? "")?.configuration.log ?? {};
  const redact = [...new Set([...held.flatMap((rule) => rule.redact ?? []), ...forced])].sort();
  return { ...defaultRequestLogRule, ...stable, redact };
}
