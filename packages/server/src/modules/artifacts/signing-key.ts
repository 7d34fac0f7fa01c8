import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { randomText } from "../../kernel/ids.ts";
import { must } from "../../kernel/pave-error.ts";

/** The key that signs URLs of blobs, the same for every server on one database; made by whichever comes first. */
export async function loadSigningKey(ctx: Ctx): Promise<string> {
  await ctx.db
    .insertInto("platform_settings")
    .values({ name: "blob-signing-key", value: json(randomText(64)) })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const row = await ctx.db
    .selectFrom("platform_settings")
    .select("value")
    .where("name", "=", "blob-signing-key")
    .executeTakeFirst();
  return must(row?.value, "the signing key of blobs") as string;
}
