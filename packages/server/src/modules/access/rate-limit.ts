import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import * as store from "./rate-limit-store.ts";

/*
 * A limit for what could be guessed. Counts stand in the database, so they hold over all api processes and restarts.
 * An attempt is counted before it is looked at, in one statement, so that many at once cannot slip through together;
 * one that was right is forgiven afterwards. Never call it inside a transaction: a refusal rolls that back, and the
 * count must stay.
 */

/** At most `most` attempts `withinMs` of the first; then none until that time is over. */
export interface AttemptLimit {
  /** What is tried, and by or on whom: `password account grace`. Kept as a digest only. */
  readonly of: string;
  readonly most: number;
  readonly withinMs: number;
}

export interface CountedAttempt {
  /** The attempt was right: an honest person behind a shared address never meets the limit. */
  forgive(): Promise<void>;
}

/** Counts an attempt against every limit; throws `request.rate_limited` with the time when one of them is used up. */
export async function countAttempt(ctx: Ctx, limits: readonly AttemptLimit[]): Promise<CountedAttempt> {
  const keys = limits.map(({ of }) => createHash("sha256").update(of).digest("hex"));
  const counts: store.AttemptCount[] = [];
  for (const [index, key] of keys.entries())
    counts.push(await store.countAttempt(ctx, key, limits[index]?.withinMs ?? 0));
  const used = counts.filter(({ count }, index) => count > (limits[index]?.most ?? 0));
  if (used.length > 0) throw tooMany(ctx, new Date(Math.max(...used.map(({ until }) => until.getTime()))));
  return { forgive: () => store.forgiveAttempts(ctx, keys) };
}

/** An account's or a code's limit: ten wrong attempts, then a quarter of an hour of none, wherever they come from. */
export const accountLimit = (what: string, account: string): AttemptLimit => ({
  of: `${what} account ${account.trim().toLowerCase()}`,
  most: 10,
  withinMs: 15 * 60_000,
});

/**
 * An address's limit, wide enough for an office behind one. Of IPv6 the first 64 bits count: the rest is the caller's
 * to choose.
 */
export const addressLimit = (what: string, address: string): AttemptLimit => ({
  of: `${what} address ${placeOf(address)}`,
  most: 60,
  withinMs: 15 * 60_000,
});

/** What of an address tells one caller from another. */
export const placeOf = (address: string): string => (isIPv6(address) ? networkOf(address) : address);

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = "", tail = ""] = address.split("::");
  const [left, right] = [head.split(":").filter(Boolean), tail.split(":").filter(Boolean)];
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function tooMany(ctx: Ctx, until: Date): PaveError {
  const minutes = Math.max(1, Math.ceil((until.getTime() - ctx.clock.now().getTime()) / 60_000));
  const clock = `${until.toISOString().slice(11, 16)} UTC`;
  return new PaveError(
    "request.rate_limited",
    `Too many attempts that were wrong; the next is looked at in ${minutes} minute${minutes === 1 ? "" : "s"}, at ${clock}`,
    { fix: "Wait until then, or sign in another way; a platform admin can make a sign-in link for you." },
  );
}
