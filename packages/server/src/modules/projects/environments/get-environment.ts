import type { Ctx } from "../../../db/context.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { suggestion } from "../../../kernel/spec/index.ts";
import { inPromotionOrder } from "./environment-order.ts";
import { type EnvironmentRow, findEnvironments } from "./environments-store.ts";

/** With `hold` it does not change before the caller's transaction ends. */
export async function getEnvironment(
  ctx: Ctx,
  name: string,
  options?: { readonly hold: boolean },
): Promise<EnvironmentRow> {
  const [found] = await findEnvironments(ctx, name, options);
  if (found) return found;
  const known = (await findEnvironments(ctx)).map((environment) => environment.name);
  throw new PaveError("environment.not_found", `There is no environment ${name}${suggestion(name, known)}`, {
    fix: known.length > 0 ? `Use one of ${known.join(", ")}` : "Create one with `pave environments apply FILE`",
  });
}

/** In the order in which a release passes through them. */
export const listEnvironments = async (ctx: Ctx): Promise<EnvironmentRow[]> =>
  inPromotionOrder(await findEnvironments(ctx));
