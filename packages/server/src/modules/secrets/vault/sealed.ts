import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/**
 * A value that only a master key can open: AES-256-GCM under a key of its own, which is wrapped by the master key. Plain
 * JSON, to be kept in a jsonb column by whoever sealed it. It opens only with the context that it was sealed for, so a
 * row that is copied to another project, name or version opens nothing.
 */
export interface Sealed {
  readonly format: 1;
  /** Id of the master key that wrapped the data key. */
  readonly masterKey: string;
  /** The wrapped data key, base64. */
  readonly dataKey: string;
  /** Nonce, ciphertext and tag, base64. */
  readonly value: string;
}

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes of every key, of values and of masters. */
export const keyBytes = 32;

/** Nonce, ciphertext and tag in one. */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const encrypting = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, encrypting.update(plain), encrypting.final(), encrypting.getAuthTag()]);
}

/** Throws where key, context or a single bit is another. */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error("too short to be a sealed value");
  const decrypting = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decrypting.update(sealed.subarray(nonceBytes, -tagBytes)), decrypting.final()]);
}
