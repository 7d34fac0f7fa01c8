import type { Metrics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { getLoggedModel } from "../tracking/index.ts";
import type { ModelVersionRow } from "./model-version.ts";

/**
 * What is known of how good a version is: what the pipeline that made it measured, or the last values that a client
 * logged with the model, also after it was registered.
 */
export async function versionMetrics(
  ctx: Ctx,
  { metrics, loggedModelId }: Pick<ModelVersionRow, "metrics" | "loggedModelId">,
): Promise<Metrics> {
  if (Object.keys(metrics).length > 0 || loggedModelId === null) return { ...metrics };
  const logged = (await getLoggedModel(ctx, loggedModelId)).metrics.filter(({ value }) => Number.isFinite(value));
  const inOrder = logged.toSorted((a, b) => a.timestamp - b.timestamp || a.step - b.step);
  return Object.fromEntries(inOrder.map(({ key, value }) => [key, value]));
}
