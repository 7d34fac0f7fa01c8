import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { BuiltinComponent } from "./builtin-components.ts";

/** Keeps every version that was ever shipped, so that old runs can show what they used. */
export async function rememberComponents(ctx: Ctx, components: readonly BuiltinComponent[]): Promise<void> {
  if (components.length === 0) return;
  await ctx.db
    .insertInto("components")
    .values(
      components.map(({ digest, spec, files }) => ({
        digest,
        name: spec.name,
        version: spec.version,
        spec: json(spec),
        files: json(files),
        source: "builtin",
        created_at: ctx.clock.now(),
      })),
    )
    .onConflict((conflict) => conflict.column("digest").doNothing())
    .execute();
}
