import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { randomText } from "../../kernel/ids.ts";

export type TokenKind = "link" | "session" | "api" | "run" | "runner" | "gateway";

/**
 * `pave_<kind>_<32 random characters>_<crc32>`: the prefix lets scanners find leaked tokens, the checksum lets them
 * drop false finds. 32 base-62 characters are 190 bits.
 */
export function newTokenText(kind: TokenKind | "invite"): string {
  const body = `pave_${kind}_${randomText(32)}`;
  return `${body}_${checksum(body)}`;
}

/** Is it one of ours at all? Spares the database a look-up for noise. */
export function isTokenText(text: string): boolean {
  const match = /^(pave_[a-z]+_[0-9A-Za-z]{32})_([0-9a-z]{7})$/.exec(text);
  return match?.[1] !== undefined && checksum(match[1]) === match[2];
}

/** What is stored: tokens have full entropy, so a plain SHA-256 is enough and can be looked up by index. */
export const tokenHash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Enough to recognise a token in a list, too little to use it. */
export const tokenHint = (text: string): string =>
  `${text.split("_").slice(0, 2).join("_")}_${text.split("_")[2]?.slice(0, 4) ?? ""}…`;

const checksum = (body: string): string => crc32(body).toString(36).padStart(7, "0");
