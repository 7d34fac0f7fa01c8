import type { Ctx } from "../../db/context.ts";
import { isPaveError } from "../../kernel/pave-error.ts";
import { addressLimit, countAttempt } from "./rate-limit.ts";

/** Wide: one address may be a whole company with an old script in it. Tokens have 190 bits; this is for the load. */
const most = 300;
const remembered = 10_000;

type Beyond = Map<string, { readonly until: number; readonly error: unknown }>;

/** Per database: addresses beyond their limit, and until when. While it lasts, a wrong token from there costs no query. */
const known = new WeakMap<object, Beyond>();

/**
 * Counts a token that nobody has. An address that sends too many is told so instead of what is wrong; tokens that are
 * right go on to be taken from there, so nobody else behind it notices.
 */
export async function refuseGuess(ctx: Ctx, address: string): Promise<void> {
  const now = ctx.clock.now().getTime();
  const beyond: Beyond = known.get(ctx.database) ?? new Map();
  known.set(ctx.database, beyond);
  const earlier = beyond.get(address);
  if (earlier && earlier.until > now) throw earlier.error;
  const limit = { ...addressLimit("token", address), most };
  try {
    await countAttempt(ctx, [limit]);
  } catch (error) {
    if (isPaveError(error) && error.code === "request.rate_limited") {
      if (beyond.size >= remembered) beyond.clear();
      beyond.set(address, { until: now + 60_000, error });
    }
    throw error;
  }
}
