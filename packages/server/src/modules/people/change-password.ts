import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { accountLimit, countAttempt, endSessions, findSession, getPrincipal } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { listIdentities } from "./identity-store.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { assertGoodPassword } from "./password-rules.ts";
import { findPassword, setPassword } from "./password-store.ts";

/** How long after signing in a first password can be set without another: a browser left open is not enough. */
const freshMs = 15 * 60_000;

/** Sets the actor's own password and ends their other sessions. Needs the old one, or a sign-in of just now. */
export async function changePassword(
  ctx: Ctx,
  input: { readonly current?: string | undefined; readonly password: string },
): Promise<void> {
  const { grant, principalId } = ctx.actor;
  const tokenId = grant === "unlimited" ? null : grant.tokenId;
  const session = tokenId ? await findSession(ctx, tokenId) : undefined;
  if (!session)
    throw new PaveError("access.denied", "Only who is signed in in a browser changes a password; tokens cannot", {
      fix: "Sign in to the portal and do it under Settings.",
    });
  const identities = await listIdentities(ctx, principalId);
  if (identities.length > 0)
    throw new PaveError("access.conflict", "This account signs in at the sign-in provider and has no password here", {
      fix: "Change your password at the provider.",
    });
  await assertMayChange(ctx, input.current, session.startedAt);
  const principal = await getPrincipal(ctx, principalId);
  assertGoodPassword(input.password, principal);
  const hash = await hashPassword(input.password);
  await inTransaction(ctx, async (ctx) => {
    await setPassword(ctx, principalId, hash);
    await recordEvent(ctx, { type: "password.changed", subjectType: "principal", subjectId: principalId });
    await endSessions(ctx, { principalId, exceptTokenId: session.id }, "password changed");
  });
}

async function assertMayChange(ctx: Ctx, current: string | undefined, signedInAt: Date): Promise<void> {
  const known = await findPassword(ctx, ctx.actor.principalId);
  if (!known) {
    if (ctx.clock.now().getTime() - signedInAt.getTime() <= freshMs) return;
    throw new PaveError("access.denied", "A first password is set within a quarter of an hour of signing in", {
      fix: "Sign out, sign in again and set it then.",
    });
  }
  const attempt = await countAttempt(ctx, [accountLimit("change password", ctx.actor.principalId)]);
  if (!(await verifyPassword(current ?? "", known.hash)))
    throw new PaveError("access.password_wrong", "The current password is not this one", {
      fix: "Type it again. Who has forgotten theirs asks a platform admin.",
    });
  await attempt.forgive();
}
