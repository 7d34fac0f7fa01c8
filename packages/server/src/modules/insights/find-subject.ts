import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}

/**
 * The page of what is talked about: `run/12`, `plan/3`, `alert/4`, `model/flights/2`. Throws where the project has none
 * of it; what another project has is as unknown as what is not there.
 */
export async function findSubject(ctx: Ctx, project: Project, subject: string): Promise<{ link: string }> {
  const [kind = "", ...rest] = subject.split("/");
  const home = `/projects/${project.name}`;
  const number = Number(rest.at(-1));
  if (kind === "model") {
    const model = rest.slice(0, -1).join("/");
    const found = await ctx.db
      .selectFrom("model_versions")
      .select("version")
      .where("project_id", "=", project.id)
      .where("model", "=", model)
      .where("version", "=", number)
      .executeTakeFirst();
    if (found) return { link: `${home}/models/${encodeURIComponent(model)}/versions/${number}` };
    throw new PaveError(
      "model.version_not_found",
      `There is no version ${number} of a model ${model} in this project`,
      {
        fix: "List models with `pave models list`.",
      },
    );
  }
  const { table, code, path } = kinds[kind as keyof typeof kinds];
  const found = await ctx.db
    .selectFrom(table)
    .select("number")
    .where("project_id", "=", project.id)
    .where("number", "=", number)
    .executeTakeFirst();
  if (found) return { link: `${home}/${path}/${number}` };
  throw new PaveError(code, `There is no ${kind} ${number} in this project`, {
    fix: `List them with \`pave ${table} list\`.`,
  });
}

const kinds = {
  run: { table: "runs", code: "run.not_found", path: "runs" },
  plan: { table: "plans", code: "plan.not_found", path: "plans" },
  alert: { table: "alerts", code: "alert.not_found", path: "monitoring/alerts" },
} as const;
