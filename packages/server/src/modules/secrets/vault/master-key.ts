import { createHash } from "node:crypto";
import { PaveError } from "../../../kernel/pave-error.ts";
import { decrypt, encrypt, keyBytes } from "./sealed.ts";

/** What wraps the data keys. It never sees a value. One file per place where a key may be. */
export interface MasterKey {
  /** Kept with everything it wrapped; says nothing of the key. */
  readonly id: string;
  wrap(dataKey: Buffer): Promise<Buffer>;
  unwrap(wrapped: Buffer): Promise<Buffer>;
}

/** A key that this process holds itself. */
export function heldKey(key: Buffer): MasterKey {
  const id = `key-${createHash("sha256").update("pave master key").update(key).digest("hex").slice(0, 16)}`;
  return {
    id,
    wrap: async (dataKey) => encrypt(key, dataKey, id),
    unwrap: async (wrapped) => decrypt(key, wrapped, id),
  };
}

/** A key as people and files write it. `place` says where it was found. */
export function parseKey(text: string, place: string): MasterKey {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== keyBytes || key.toString("base64") !== text.trim())
    throw new PaveError(
      "vault.misconfigured",
      `${place}: expected ${keyBytes} random bytes in base64, found something else`,
      {
        fix: "Make one with `openssl rand -base64 32`",
      },
    );
  return heldKey(key);
}
