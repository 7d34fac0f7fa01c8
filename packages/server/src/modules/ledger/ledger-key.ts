import { generateKeyPairSync } from "node:crypto";
import { keyIdOf } from "@pave/contract/ledger";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface LedgerKey {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly keyId: string;
}

/** The Ed25519 key that signs checkpoints; made once, by whichever server comes first. */
export async function ledgerKey(ctx: Ctx): Promise<LedgerKey> {
  const read = async () => {
    const row = await ctx.db
      .selectFrom("platform_settings")
      .select("value")
      .where("name", "=", "ledger-key")
      .executeTakeFirst();
    return row?.value as { privateKeyPem: string; publicKeyPem: string } | undefined;
  };
  let value = await read();
  if (!value) {
    const pair = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const made = { privateKeyPem: pair.privateKey, publicKeyPem: pair.publicKey };
    await ctx.db
      .insertInto("platform_settings")
      .values({ name: "ledger-key", value: json(made) })
      .onConflict((c) => c.column("name").doNothing())
      .execute();
    value = (await read()) ?? made;
  }
  return { ...value, keyId: keyIdOf(value.publicKeyPem) };
}
