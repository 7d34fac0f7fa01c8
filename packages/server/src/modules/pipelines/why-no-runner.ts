import type { Ctx } from "../../db/context.ts";
import { findPresentRunners } from "../../jobs/index.ts";
import { activeUserCount } from "../access/index.ts";

/** Runners that keep steps apart by nothing get no work when several people use the platform. */
export const needsIsolation = async (ctx: Ctx): Promise<boolean> => (await activeUserCount(ctx)) > 1;

/** Why work that is queued is not taken, in words. */
export async function whyNoRunner(ctx: Ctx): Promise<string> {
  const isolations = (await findPresentRunners(ctx)).map(({ isolation }) => isolation);
  if (isolations.length === 0) return "waits for a runner; none is connected: see `pave doctor`";
  const areApart = isolations.some((isolation) => isolation !== null && isolation !== "none");
  if (!areApart && (await needsIsolation(ctx))) {
    return "waits for a runner that keeps steps apart, because several people use this platform: start it as root, or install bubblewrap";
  }
  return isolations.length === 1
    ? "waits until the runner has room"
    : `waits until one of ${isolations.length} runners has room`;
}
