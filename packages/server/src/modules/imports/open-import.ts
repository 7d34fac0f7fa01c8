import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { findImport, type ImportRow } from "./imports-store.ts";

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
  if (found.state === "running") return found;
  throw new PaveError("request.invalid", `Import ${id} has ended (${found.state}) and takes nothing more`, {
    fix: "Run `pave import mlflow` again: it goes on where this one was",
  });
}

/** On everything that is copied: where it comes from, and who did it. */
export const originTags = (ctx: Ctx, { source }: ImportRow): Readonly<Record<string, string>> => ({
  "pave.import.from": source,
  "pave.import.by": ctx.actor.name,
});
