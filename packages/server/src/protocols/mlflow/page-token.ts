import { createHash } from "node:crypto";
import { z } from "zod";
import { invalid } from "./mlflow-error.ts";

/*
 * A token of a search's next page says where that begins, and of which search: clients do not look into it. With that of
 * another search a page would leave out what nobody has seen.
 */

const tokenSchema = z.object({ of: z.string(), at: z.unknown() });

/** Everything that decides what a search finds and in which order; not how much of it is wanted at once. */
const digestOf = ({ page_token: _, max_results: __, ...query }: Readonly<Record<string, unknown>>): string =>
  createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 16);

export type PagedInput = Readonly<Record<string, unknown>> & { readonly page_token?: string | undefined };

/** Where the page of a token begins; undefined for the first one. */
export function readPageToken<S extends z.ZodType>(place: S, input: PagedInput): z.output<S> | undefined {
  const { page_token: token } = input;
  if (token === undefined || token === "") return undefined;
  const problem = (what: string) =>
    invalid(
      `Invalid page token '${token.slice(0, 100)}' for parameter 'page_token' supplied: ${what}. Take it from next_page_token of the page before.`,
    );
  const parsed = tokenSchema.safeParse(jsonOf(token));
  const at = parsed.success ? place.safeParse(parsed.data.at) : undefined;
  if (!parsed.success || !at?.success) throw problem("it is none of this server's");
  if (parsed.data.of !== digestOf(input)) throw problem("it belongs to another search");
  return at.data;
}

export const writePageToken = (input: PagedInput, at: unknown): string =>
  Buffer.from(JSON.stringify({ of: digestOf(input), at })).toString("base64url");

function jsonOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

const offsetSchema = z.number().int().min(0);

/** For lists that are short: how many rows come before the page. */
export const offsetOf = (input: PagedInput): number => readPageToken(offsetSchema, input) ?? 0;

/** The rows of a page, of which one more than wanted was read, and the token of the next page where there is one. */
export function pageOf<T>(
  rows: readonly T[],
  input: PagedInput & { readonly max_results: number },
): { items: readonly T[]; next: { next_page_token?: string } } {
  const { max_results: limit } = input;
  if (rows.length <= limit) return { items: rows, next: {} };
  const next_page_token = writePageToken(input, offsetOf(input) + limit);
  return { items: rows.slice(0, limit), next: { next_page_token } };
}
