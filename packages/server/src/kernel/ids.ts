import { createHash, randomBytes } from "node:crypto";
import { v7 } from "uuid";

/** Time-ordered and unique; the id of every row that is not named by people. */
export const newId = (): string => v7();

/** `sha256:<64 hex>`, the digest format of artifacts, revisions, components and environments. */
export const digestOf = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Random text for secrets: base62, about 5.95 bits a character. */
export function randomText(length: number): string {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}
