import type { Ctx } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import {
  type AttemptLimit,
  accountLimit,
  addressLimit,
  countAttempt,
  hasSignedInFrom,
  placeOf,
  startSession,
} from "../access/index.ts";
import { hashPassword, isOutdated, verifyPassword } from "./password-hash.ts";
import { findAccount, setPassword } from "./password-store.ts";

/**
 * A session for who knows the password. Unknown accounts, accounts without a password and wrong passwords cost the
 * same and are told in the same words.
 */
export async function signInByPassword(
  anonymous: Ctx,
  input: { readonly account: string; readonly password: string },
  from: { readonly address: string; readonly userAgent: string },
): Promise<{ session: string; actor: Actor }> {
  const account = await findAccount(anonymous, input.account);
  const attempt = await countAttempt(anonymous, [
    await limitOf(anonymous, input.account, account?.id ?? "", from.address),
    addressLimit("password", from.address),
  ]);
  const hash = account?.hash ?? undefined;
  if (!(await verifyPassword(input.password, hash)) || !account)
    throw new PaveError("access.password_wrong", "Account and password do not fit together", {
      fix: "Type both again. Who has forgotten theirs asks a platform admin for a sign-in link, and sets a new one under Settings.",
    });
  await attempt.forgive();
  if (hash && isOutdated(hash)) await setPassword(anonymous, account.id, await hashPassword(input.password));
  return startSession(anonymous, account.id, { method: "password", ...from });
}

/**
 * The account's. A place that its person has signed in from has a limit of its own, or a stranger could shut people out
 * by guessing wrong.
 */
async function limitOf(ctx: Ctx, account: string, principalId: string, address: string): Promise<AttemptLimit> {
  const isKnown = await hasSignedInFrom(ctx, principalId, address);
  return accountLimit("password", isKnown ? `${principalId} at ${placeOf(address)}` : account);
}
