import canonicalize from "canonicalize";
import { digestOf } from "./ids.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** RFC 8785 canonical JSON: the same value always gives the same text. Throws on NaN and infinities. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("undefined has no canonical JSON");
  return text;
}

/** `sha256:` over the canonical JSON of a value. */
export const digestOfJson = (value: unknown): string => digestOf(canonicalJson(value));
