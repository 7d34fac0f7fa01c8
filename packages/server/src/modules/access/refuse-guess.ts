import type { Ctx } from "../../db/context.ts";
import { isPaveError } from "../../kernel/pave-error.ts";
import { addressLimit, countAttempt } from "./rate-limit.ts";

/** Wide: one address may be a whole company with an old script in it. Tokens have 190 bits; this is for the load. */
const most = 300;
const remembered = 10_000;

/** Addresses that are beyond their limit, until when: while it lasts, a wrong token from there costs no query. */
const beyond = new Map<string, { readonly until: number; readonly error: unknown }>();

/**
 * Counts a token that nobody has. An address that sends too many is told so instead of what is wrong; tokens that are
 * right go on to be taken from there, so nobody else behind it notices.
 */
export async function refuseGuess(ctx: Ctx, address: string): Promise<void> {
  const now = ctx.clock.now().getTime();
  const known = beyond.get(address);
  if (known && known.until > now) throw known.error;
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
