import type { importExperimentBody } from "@pave/contract";
import type { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { findExperiments, putImportedExperiment } from "../tracking/index.ts";
import { findItems, forgetItems, putItems } from "./imported-items-store.ts";
import type { ImportRow } from "./imports-store.ts";
import { originTags } from "./open-import.ts";

/** Ids of experiments are no more than numbers: two servers have the same ones. */
export const experimentKey = ({ source }: Pick<ImportRow, "source">, id: string): string => `${source}#${id}`;

export interface ImportedExperimentAnswer {
  readonly experimentId: number;
  readonly state: "new" | "changed" | "same" | "joined";
}

/**
 * An experiment is found again by its id at the source. The item of one that joined an experiment of the project stays
 * `begun`: what that is, is the project's to say.
 */
export async function importExperiment(
  ctx: Ctx,
  row: ImportRow,
  given: z.output<typeof importExperimentBody>,
): Promise<ImportedExperimentAnswer> {
  const key = experimentKey(row, given.id);
  return inTransaction(ctx, async (ctx) => {
    const item = (await findItems(ctx, row.projectId, "experiment", [key])).get(key);
    const isHere = item && item.target !== null && (await findExperiments(ctx, [item.target])).length > 0;
    if (item && !isHere) await forgetItems(ctx, row.projectId, "experiment", [key]);
    const known = isHere ? item : undefined;
    const target = known?.target ?? null;
    if (known && target !== null && known.state === "begun") return { experimentId: target, state: "joined" };
    if (known && target !== null && known.digest === given.digest) return { experimentId: target, state: "same" };
    const experiment = {
      name: given.name,
      tags: { ...given.tags, ...originTags(ctx, row), "pave.import.experiment-id": given.id },
      isDeleted: given.isDeleted,
      createdAt: given.createdAt === null ? null : new Date(given.createdAt),
      updatedAt: given.updatedAt === null ? null : new Date(given.updatedAt),
    };
    const { id, isJoined } = await putImportedExperiment(ctx, row.projectId, experiment, target);
    await putItems(ctx, row, "experiment", isJoined ? "begun" : "finished", [
      { key, target: id, digest: given.digest },
    ]);
    return { experimentId: id, state: isJoined ? "joined" : known ? "changed" : "new" };
  });
}
