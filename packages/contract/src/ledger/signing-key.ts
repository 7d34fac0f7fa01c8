import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

/** A public key that signatures of a ledger are checked with. */
export interface SigningKey {
  readonly id: string;
  signed(text: string, signature: string): boolean;
}

/** Undefined for a text that is no Ed25519 key as PEM. */
export function signingKey(publicKeyPem: string): SigningKey | undefined {
  const key = keyOf(publicKeyPem);
  if (key?.asymmetricKeyType !== "ed25519") return undefined;
  return {
    id: idOf(key),
    signed(text, signature) {
      const bytes = Buffer.from(signature, "base64");
      // base64 has several spellings of the same bytes, and ours is one of them
      return bytes.toString("base64") === signature && verify(null, Buffer.from(text), key, bytes);
    },
  };
}

/** SHA-256 of the public key's DER, as hex: how signatures name their key. */
export const keyIdOf = (publicKeyPem: string): string => idOf(createPublicKey(publicKeyPem));

const idOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");

function keyOf(publicKeyPem: string): KeyObject | undefined {
  try {
    return createPublicKey(publicKeyPem);
  } catch {
    return undefined;
  }
}
