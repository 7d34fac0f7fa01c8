import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { findImport, type ImportRow, updateImport } from "./imports-store.ts";

export async function getImport(ctx: Ctx, projectName: string, id: string): Promise<ImportRow> {
  const project = await resolveProject(ctx, projectName);
  const found = await findImport(ctx, project.id, id);
  if (found) return found;
  throw new PaveError("import.not_found", `There is no import ${id} in project ${projectName}`, {
    fix: `See what there is with \`pave import list --project ${projectName}\``,
  });
}

/** One that still takes what is copied. */
export async function getOpenImport(ctx: Ctx, projectName: string, id: string): Promise<ImportRow> {
  const found = await getImport(ctx, projectName, id);
  if (found.state === "running") return seen(ctx, found);
  throw new PaveError("request.invalid", `Import ${id} has ended (${found.state}) and takes nothing more`, {
    fix: "Run `pave import mlflow` again: it goes on where this one was",
  });
}

const seenMs = 60_000;

/** That it is at work keeps what it has copied so far from being taken for left behind. */
async function seen(ctx: Ctx, row: ImportRow): Promise<ImportRow> {
  if (ctx.clock.now().getTime() - row.lastAt.getTime() > seenMs) await updateImport(ctx, row.id, {});
  return row;
}

/** On everything that is copied: where it comes from, and who did it. */
export const originTags = (ctx: Ctx, { source }: ImportRow): Readonly<Record<string, string>> => ({
  "pave.import.from": source,
  "pave.import.by": ctx.actor.name,
});
